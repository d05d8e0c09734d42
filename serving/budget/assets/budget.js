// Cost against share, means by month, and what moves the answer.
const pct = (value) => (value === null ? "–" : (value * 100).toFixed(0) + " %");
const money = (value) => (value === null ? "none tried" : number(value) + " " + DATA.currency);
const narrow = () => innerWidth < 640;
const shareAxis = (own) => ({ tickformat: ".0%", ...own });

chart("frontier", [], () => {
  const f = DATA.frontier;
  const bars = (low, high, width, strength) => ({
    type: "scatter", mode: "markers", x: f.money, y: f.share, marker: { size: 1, color: colour("chart-line") }, hoverinfo: "skip",
    error_y: { type: "data", symmetric: false, array: f[high].map((v, i) => v - f.share[i]), arrayminus: f[low].map((v, i) => f.share[i] - v), color: band(strength), thickness: width, width: 0 },
    showlegend: false,
  });
  const points = (kind, name, size, fill, symbol) => {
    const at = f.kind.map((k, i) => [k, i]).filter(([k]) => k === kind).map(([, i]) => i);
    return {
      type: "scatter", mode: "markers", name, x: at.map((i) => f.money[i]), y: at.map((i) => f.share[i]),
      marker: { size, color: fill, symbol, line: { color: colour("card"), width: 1 } },
      text: at.map((i) => `${safe(f.mix[i])}<br>${money(f.money[i])}<br>${pct(f.share[i])} of the kind that does worst in time, 80 %: ${pct(f.low[i])} to ${pct(f.high[i])}`), hovertemplate: "%{text}<extra></extra>",
    };
  };
  draw("frontier", [
    bars("lowest", "highest", 2, 0.45), bars("low", "high", 7, 0.28),
    points("", "a mix of crews", 9, colour("chart-line"), "circle"),
    points("now", "today’s crews", 15, colour("series-1"), "diamond"),
    points("advised", "the mix on regular hours", 15, colour("series-3"), "star"),
  ], {
    xaxis: { title: { text: narrow() ? `money (${DATA.currency})` : `money over the budget’s quarters (${DATA.currency})` }, nticks: narrow() ? 4 : 8 },
    yaxis: shareAxis({ title: { text: "in time, kind that does worst" }, range: [0, 1.03] }),
    margin: { l: 44, r: 12, t: 10, b: 50 },
    shapes: [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: DATA.target, y1: DATA.target, line: { color: colour("alarm"), width: 1.5, dash: "dash" } }],
    annotations: [{ xref: "paper", x: 0, y: DATA.target, yanchor: "bottom", xanchor: "left", showarrow: false, text: `target ${pct(DATA.target)}`, font: { color: colour("alarm") } }],
  });
  fillTable("frontier-table", ["Crews", "Money", "In time, kind that does worst", "80 % of draws", "95 % of draws"],
    f.mix.map((m, i) => [m, number(f.money[i]), pct(f.share[i]), `${pct(f.low[i])} to ${pct(f.high[i])}`, `${pct(f.lowest[i])} to ${pct(f.highest[i])}`]));
});

chart("means", [], () => {
  const m = DATA.months;
  const dash = ["solid", "dash", "dot", "dashdot", "longdash", "dot", "dashdot", "solid"];
  draw("means", m.means.map((one, at) => ({
    type: "scatter", mode: "lines+markers", name: one.name, x: m.labels, y: one.share,
    line: { color: colour("series-" + (at % 5)), dash: dash[at % dash.length], width: at ? 2 : 3.5 }, marker: { size: 6, symbol: at },
    text: one.extra.map((v) => money(v)), hovertemplate: "%{x}: %{y:.0%} in time, %{text} more<extra>" + safe(one.name) + "</extra>",
  })), {
    xaxis: { type: "category", nticks: narrow() ? 5 : 14, tickangle: narrow() ? -45 : 0 }, yaxis: shareAxis({ title: { text: "share in time" }, range: [0, 1.03] }), hovermode: "closest",
    legend: { orientation: "h", y: -0.25, yanchor: "top", x: 0, itemclick: false, itemdoubleclick: false },
    shapes: [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: DATA.target, y1: DATA.target, line: { color: colour("alarm"), width: 1.5, dash: "dash" } }],
  });
  fillTable("means-table", ["Month", ...m.means.map((one) => one.name)], m.labels.map((label, i) => [label, ...m.means.map((one) => pct(one.share[i]))]));
});

chart("influence", [], () => {
  const rows = [...DATA.influence].reverse();
  const base = DATA.middle.share;
  const bar = (share, name, fill, said) => ({
    type: "bar", orientation: "h", name, y: rows.map((r) => r.factor), x: rows.map((r) => r[share] - base), base, width: 0.55,
    marker: { color: fill }, text: rows.map((r) => safe(r[said])), textposition: "none",
    hovertemplate: "%{y}, %{text}<extra></extra>",
  });
  draw("influence", [
    bar("lowShare", "moved down", colour("series-2"), "low"), bar("highShare", "moved up", colour("series-1"), "high"),
  ], {
    barmode: "overlay", xaxis: { tickformat: ".0%", title: { text: narrow() ? "in time, kind that does worst" : "in time, kind that does worst, with the mix on regular hours" }, nticks: narrow() ? 5 : 9 }, yaxis: { automargin: true },
    margin: { l: 44, r: 12, t: 10, b: 50 },
    shapes: [{ type: "line", yref: "paper", y0: 0, y1: 1, x0: base, x1: base, line: { color: colour("ink"), width: 1.5 } }],
  });
  fillTable("influence-table", ["What is moved", "Down", "In time, worst kind", "Cheapest mix for 80 %", "Up", "In time, worst kind", "Cheapest mix for 80 %"],
    DATA.influence.map((r) => [r.factor, r.low, pct(r.lowShare), money(r.lowMoney), r.high, pct(r.highShare), money(r.highMoney)]));
});
