// What every chart shares: data, colours of the page, safe text, tables, redrawing.
"use strict";
const DATA = JSON.parse(document.getElementById("report-data").textContent);
const CHARTS = [];
const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false, showTips: false };

const byId = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const band = (strength) => `rgba(${colour("chart-band")}, ${strength})`;
const mapScale = () => [0, 1, 2, 3, 4].map((i) => [i / 4, colour("map-" + i)]);
const number = (value) =>
  value === null || value === undefined ? "–"
    : (Math.abs(value) < 9.95 && !Number.isInteger(value) ? value.toFixed(1)
      : value.toLocaleString("en", { maximumFractionDigits: 0 })).replace("-", "−").replace(/^−(0(?:\.0)?)$/, "$1");
const range = (low, high) => (number(low) === number(high) ? number(low) : number(low) + " to " + number(high));
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const words = (key) => key.replace(/[_-]/g, " ");
const dayOf = (iso) =>
  new Date(iso + "T00:00:00Z").toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).replace(",", "");

// Plotly reads some HTML in texts: names must stay names.
const safe = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function layout(own) {
  const axis = { gridcolor: colour("chart-grid"), zerolinecolor: colour("muted"), linecolor: colour("line"), fixedrange: true, automargin: true };
  const base = {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false,
    font: { color: colour("ink"), family: "system-ui, sans-serif", size: innerWidth < 640 ? 12 : 13 },
    margin: { l: 44, r: 12, t: 10, b: 36 }, legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, itemclick: false, itemdoubleclick: false },
    hoverlabel: { bgcolor: colour("card"), bordercolor: colour("muted"), font: { color: colour("ink") } },
  };
  const merged = { ...base, ...own };
  merged.xaxis = { ...axis, ...(own.xaxis || {}) };
  merged.yaxis = { ...axis, ...(own.yaxis || {}) };
  return merged;
}

function show(id, is) {
  byId(id).hidden = !is;
  byId(id + "-table").closest("details").hidden = !is;
}

// Said in words, in place of an empty chart.
function nothing(id, wordsId, text) {
  show(id, false);
  byId(wordsId).textContent = text;
}

function draw(id, traces, own) {
  show(id, true);
  return Plotly.react(byId(id), traces, layout(own), CONFIG);
}

function fillTable(id, head, rows) {
  const table = byId(id);
  table.replaceChildren();
  const line = (cells, tag) => {
    const tr = document.createElement("tr");
    cells.forEach((cell, at) => {
      const isHead = tag === "th" || at === 0;
      const td = document.createElement(isHead ? "th" : "td");
      if (isHead) td.scope = tag === "th" ? "col" : "row";
      td.textContent = cell;
      tr.append(td);
    });
    return tr;
  };
  table.createTHead().append(line(head, "th"));
  const body = table.createTBody();
  rows.forEach((row) => body.append(line(row, "td")));
}

// Redraws on a choice, on dark or light, and on print.
function chart(id, selects, render) {
  if (!byId(id)) return;
  const again = () => render(...selects.map((name) => byId(name).value));
  selects.forEach((name) => byId(name).addEventListener("change", again));
  CHARTS.push(again);
}

function describe(id, text) {
  byId(id).setAttribute("aria-label", text + " The numbers are in the table below.");
}
