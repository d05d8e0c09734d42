// Error of each forecaster relative to the best spreadsheet forecast, level by level.
(() => {
  const accuracy = DATA.accuracy;
  const symbols = ["diamond", "circle", "square", "triangle-up", "x", "cross"];

  chart("accuracy-chart", ["accuracy-category"], (category) => {
    const rows = accuracy.series[category] || [];
    const levels = accuracy.levels.map((level) => level.replace(", ", ",<br>"));
    draw("accuracy-chart", rows.map((row, i) => ({
      type: "scatter", mode: "markers", x: row.ratio, y: levels, name: safe(row.title) + (row.published ? " (published)" : ""),
      marker: { symbol: symbols[i % 6], size: row.published ? 14 : 10, color: colour("series-" + ((i + 2) % 5)), line: { color: colour("ink"), width: row.published ? 2 : 0 } },
      hovertext: row.ratio.map((ratio) => `${safe(row.title)}: ${ratio}`), hoverinfo: "text",
    })), {
      xaxis: { title: { text: "ratio; 1 is the best spreadsheet" } }, yaxis: { type: "category", autorange: "reversed" }, hovermode: "closest", showlegend: true,
      shapes: [{ type: "line", x0: 1, x1: 1, yref: "paper", y0: 0, y1: 1, line: { color: colour("muted"), width: 1.5, dash: "dash" } }],
    });
    const published = rows.find((row) => row.published);
    describe("accuracy-chart", published ? `${published.title} is published for ${words(category)}.` : `No scores for ${words(category)}.`);
    fillTable("accuracy-chart-table", ["Level", ...rows.map((row) => row.title + (row.published ? " (published)" : ""))], accuracy.levels.map((level, i) => [level, ...rows.map((row) => row.ratio[i] ?? "–")]));
  });
})();
