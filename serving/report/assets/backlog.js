// Open requests by age, one bar a category.
(() => {
  const backlog = DATA.backlog;
  const patterns = ["", "/", ".", "x", "-"];

  chart("backlog-chart", [], () => {
    const names = Object.keys(backlog.counts);
    draw("backlog-chart", names.map((name, i) => ({
      type: "bar", x: backlog.ages.map((age) => age.replace(/ (?=\S+$)/, "<br>")), y: backlog.counts[name], name: safe(capital(words(name))), text: backlog.counts[name].map(String), textposition: "outside", cliponaxis: false, hoverinfo: "skip",
      marker: { color: colour("series-" + ((i + 2) % 5)), pattern: { shape: patterns[i % 5], fillmode: "overlay", fgcolor: colour("card"), size: 6, solidity: 0.25 } },
    })), { barmode: "group", yaxis: { title: { text: "open requests" }, rangemode: "tozero" }, xaxis: { tickangle: 0 }, margin: { l: 48, r: 12, t: 22, b: 40 }, showlegend: true });
    const total = names.map((name) => `${words(name)} ${backlog.counts[name].reduce((a, b) => a + b, 0)}`).join(", ");
    describe("backlog-chart", `Open requests by age: ${total}.`);
    fillTable("backlog-chart-table", ["Age", ...names.map((name) => capital(words(name)))], backlog.ages.map((age, i) => [age, ...names.map((name) => backlog.counts[name][i])]));
  });
})();
