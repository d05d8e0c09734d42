// Draws every figure of the page from the JSON beside it, again when the page turns dark or light or is printed.
"use strict";
(() => {
  const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false, showTips: false };
  const style = () => getComputedStyle(document.documentElement);
  const colour = (name) => style().getPropertyValue("--" + name).trim();

  // Plotly reads some HTML in texts: names must stay names. What the server writes as a line break stays one.
  const safe = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\n/g, "<br>");

  // "var:name" is a colour of the style sheet, "var:name/0.3" one of red, green, blue with strength.
  function resolved(value) {
    if (typeof value === "string") {
      const found = /^var:([a-z0-9-]+)(?:\/([0-9.]+))?$/.exec(value);
      if (!found) return safe(value);
      return found[2] ? `rgba(${colour(found[1])}, ${found[2]})` : colour(found[1]);
    }
    if (Array.isArray(value)) return value.map(resolved);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one)]));
    }
    return value;
  }

  function layoutOf(own) {
    const axis = { gridcolor: colour("chart-grid"), zerolinecolor: colour("muted"), linecolor: colour("line"), fixedrange: true, automargin: true };
    const base = {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false,
      font: { color: colour("ink"), family: "system-ui, sans-serif", size: innerWidth < 640 ? 12 : 13 },
      margin: { l: 44, r: 30, t: 10, b: 36 }, hovermode: "closest",
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, itemclick: false, itemdoubleclick: false },
      hoverlabel: { bgcolor: colour("card"), bordercolor: colour("muted"), font: { color: colour("ink") } },
    };
    return { ...base, ...own, xaxis: { ...axis, ...(own.xaxis || {}) }, yaxis: { ...axis, ...(own.yaxis || {}) } };
  }

  const figures = [...document.querySelectorAll("figure[data-chart]")];
  const part = (figure, suffix) => document.getElementById(figure.dataset.chart + suffix);

  function draw(figure) {
    const { traces, layout } = JSON.parse(part(figure, "-data").textContent);
    return Plotly.react(part(figure, ""), resolved(traces), layoutOf(resolved(layout)), CONFIG);
  }

  async function image(figure) {
    const node = part(figure, "");
    const title = { text: safe(figure.querySelector("figcaption strong").textContent), x: 0.02, xanchor: "left", font: { size: 18 } };
    const { traces, layout } = JSON.parse(part(figure, "-data").textContent);
    const own = layoutOf(resolved(layout));
    const margin = { ...own.margin, t: 90, b: Math.max(own.margin.b, 60) };
    const said = { text: safe(document.querySelector(".foot p").textContent), showarrow: false, xref: "paper", yref: "paper", x: 0, y: 1, yshift: 60, xanchor: "left", font: { size: 11, color: colour("muted") } };
    const whole = { ...own, title, margin, paper_bgcolor: colour("card"), annotations: [...(own.annotations || []), said], legend: { ...own.legend, y: 1.0 } };
    const url = await Plotly.toImage({ data: resolved(traces), layout: whole, config: CONFIG }, { format: "png", width: Math.max(node.clientWidth, 800), height: Math.max(node.clientHeight, 420) + 80, scale: 2 });
    const link = document.createElement("a");
    link.href = url;
    link.download = `${figure.dataset.chart}.png`;
    link.click();
  }

  // An area of a map leads to its page; the links below the map do the same for the keyboard.
  function follow(figure) {
    const { traces } = JSON.parse(part(figure, "-data").textContent);
    if (!traces.some((one) => one.meta && one.meta.href)) return;
    part(figure, "").classList.add("chart-links");
    part(figure, "").on("plotly_click", ({ points }) => {
      const meta = points.length ? traces[points[0].curveNumber].meta : null;
      if (meta && meta.href) location.assign(meta.href);
    });
  }

  const drawAll = () => Promise.all(figures.map(draw));
  for (const figure of figures) {
    const button = figure.querySelector("[data-image]");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => image(figure));
  }
  drawAll().then(() => {
    figures.forEach(follow);
    document.documentElement.dataset.ready = "true";
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  matchMedia("print").addEventListener("change", drawAll);
})();
