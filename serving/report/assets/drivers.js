// Bars that build up each day's expectation by cause, with the words of each.
(() => {
  const drivers = DATA.drivers;
  const patterns = ["", "/", ".", "x", "-"];

  const said = (series, b, i) => drivers.words[series.words[b][i]] || `${drivers.blocks[b]}: next to nothing`;

  function traces(series) {
    const sums = drivers.dates.map((_, day) => series.effects.reduce((sum, row) => sum + (row[day] || 0), 0));
    const shown = drivers.blocks.map((_, b) => b).filter((b) => series.effects[b].some((value) => value !== null));
    const bars = shown.map((b) => ({
      type: "bar", x: drivers.dates, y: series.effects[b], name: safe(drivers.blocks[b]), hoverinfo: "text",
      hovertext: drivers.dates.map((day, i) => `${dayOf(day)}<br>${safe(said(series, b, i))}`),
      marker: { color: colour("series-" + (b % 5)), pattern: { shape: patterns[b % 5], fillmode: "overlay", fgcolor: colour("card"), size: 6, solidity: 0.25 } },
    }));
    bars.push({ type: "scatter", mode: "markers", x: drivers.dates, y: sums, name: "expected", marker: { symbol: "diamond", size: 9, color: colour("ink"), line: { color: colour("card"), width: 1 } }, hovertext: sums.map((sum, i) => `${dayOf(drivers.dates[i])}<br>${number(sum)} requests expected`), hoverinfo: "text" });
    return [bars, sums, shown];
  }

  chart("drivers-chart", ["drivers-category", "drivers-place"], (category, place) => {
    const series = (drivers.series[category] || {})[place];
    const title = place === "*" ? "whole city" : drivers.names[place] || place;
    if (!series) {
      nothing("drivers-chart", "drivers-chart-words", `Nothing explains ${words(category)} requests for ${title} in this publication.`);
      return;
    }
    const [bars, sums, shown] = traces(series);
    draw("drivers-chart", bars, { barmode: "relative", hovermode: "closest", yaxis: { title: { text: "requests a day" } }, xaxis: { type: "date", tickformat: "%-d %b", nticks: innerWidth < 640 ? 5 : 14 } });
    const causes = drivers.blocks.map((_, b) => drivers.words[series.words[b][0]]).filter(Boolean).join("; ");
    const sentence = `${capital(words(category))}, ${title}, ${dayOf(drivers.dates[0])}: ${number(sums[0])} requests expected. ${capital(causes)}.`;
    byId("drivers-chart-words").textContent = sentence;
    describe("drivers-chart", sentence);
    fillTable("drivers-chart-table", ["Day", "Expected", ...shown.map((b) => capital(drivers.blocks[b]))],
      drivers.dates.map((day, i) => [dayOf(day), number(sums[i]), ...shown.map((b) => drivers.words[series.words[b][i]] || "next to nothing")]));
  });
})();
