// Counts so far, the middle case ahead, and bands that hold 50, 80 and 95 % of cases.
(() => {
  const fan = DATA.fan;
  const bands = [[0, 6, "95 % of cases", 0.16], [1, 5, "80 % of cases", 0.24], [2, 4, "half of all cases", 0.34]];

  function bandTraces(series) {
    return bands.flatMap(([low, high, name, strength]) => [
      { type: "scatter", mode: "lines", x: fan.dates, y: series.q[high], line: { width: 0 }, hoverinfo: "skip", showlegend: false },
      { type: "scatter", mode: "lines", x: fan.dates, y: series.q[low], line: { width: 0 }, fill: "tonexty", fillcolor: band(strength), hoverinfo: "skip", name },
    ]);
  }

  function traces(series) {
    const hover = fan.dates.map((day, i) => `${dayOf(day)}<br>middle case ${number(series.q[3][i])}<br>half of all cases ${range(series.q[2][i], series.q[4][i])}<br>80 % of cases ${range(series.q[1][i], series.q[5][i])}<br>95 % of cases ${range(series.q[0][i], series.q[6][i])}`);
    const counted = fan.past.map((day, i) => `${dayOf(day)}<br>${number(series.history[i])} counted`);
    return [
      ...bandTraces(series),
      { type: "scatter", mode: "lines+markers", x: fan.past, y: series.history, name: "counted", line: { color: colour("chart-past"), width: 1.5 }, marker: { size: 4 }, hovertext: counted, hoverinfo: "text" },
      { type: "scatter", mode: "lines+markers", x: fan.dates, y: series.q[3], name: "middle case", line: { color: colour("chart-line"), width: 2.5 }, marker: { size: 5 }, hovertext: hover, hoverinfo: "text" },
    ];
  }

  chart("fan", ["fan-category", "fan-place"], (category, place) => {
    const series = (fan.series[category] || {})[place];
    const title = place === "*" ? "whole city" : place;
    if (!series) {
      nothing("fan", "fan-words", `No forecast of ${words(category)} requests for ${title} is in this publication.`);
      return;
    }
    const narrow = innerWidth < 640;
    const from = fan.past[Math.max(0, fan.past.length - (narrow ? 21 : fan.past.length))] || fan.dates[0];
    draw("fan", traces(series), {
      yaxis: { title: { text: "requests a day" }, rangemode: "tozero" }, hovermode: "closest", xaxis: { type: "date", tickformat: "%-d %b", nticks: narrow ? 5 : 12, range: [from, fan.dates[fan.dates.length - 1] + " 12:00"] },
      shapes: [{ type: "line", x0: DATA.asOf, x1: DATA.asOf, yref: "paper", y0: 0, y1: 1, line: { color: colour("muted"), width: 1, dash: "dot" } }],
    });
    const sentence = `${capital(words(category))}, ${title}: ${number(series.q[3][0])} requests in the middle case on ${dayOf(fan.dates[0])}; 80 % of cases lie between ${number(series.q[1][0])} and ${number(series.q[5][0])}.`;
    byId("fan-words").textContent = sentence;
    describe("fan", sentence);
    fillTable("fan-table", ["Day", "Mean", "Middle case", "Half of all cases", "80 % of cases", "95 % of cases"],
      fan.dates.map((day, i) => [dayOf(day), number(series.mean[i]), number(series.q[3][i]), range(series.q[2][i], series.q[4][i]), range(series.q[1][i], series.q[5][i]), range(series.q[0][i], series.q[6][i])]));
  });
})();
