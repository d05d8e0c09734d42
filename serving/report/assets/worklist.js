// Places to look at, numbered by rank, over the outlines of the areas.
(() => {
  const outlines = () => DATA.map.areas.filter((area) => area.x).map((area) => ({
    type: "scatter", mode: "lines", x: area.x, y: area.y, hoverinfo: "skip", showlegend: false, line: { color: colour("outline"), width: 0.8 },
  }));

  chart("worklist-chart", ["worklist-category"], (category) => {
    const found = DATA.worklist[category];
    const most = Math.max(...found.expected, 0.01);
    const late = found.rank.map((_, i) => found.rank.length - 1 - i); // the first places are drawn last, on top
    const dots = {
      type: "scatter", mode: "markers+text", x: late.map((i) => found.x[i]), y: late.map((i) => found.y[i]), textposition: "middle center",
      text: late.map((i) => (found.rank[i] <= 10 ? String(found.rank[i]) : "")), textfont: { size: 11, color: colour("card") }, showlegend: false,
      hoverinfo: "text", hovertext: late.map((i) => `No. ${found.rank[i]}, ${safe(found.area[i])}<br>${number(found.expected[i])} new incidents expected`),
      marker: { opacity: 1, color: colour("series-1"), line: { color: colour("card"), width: 1 },
        size: late.map((i) => (found.rank[i] <= 10 ? 18 : 8) + 8 * Math.sqrt(found.expected[i] / most)) },
    };
    // The view is where the places are, with a margin, and never closer than a fifth of the city.
    const view = (own, all) => {
      const least = (Math.max(...all) - Math.min(...all)) / 5 || 0.02;
      const middle = (Math.max(...own) + Math.min(...own)) / 2;
      const half = Math.max((Math.max(...own) - Math.min(...own)) * 0.65, least / 2);
      return [middle - half, middle + half];
    };
    const outer = (axis) => { const all = DATA.map.areas.flatMap((area) => (area[axis] || []).filter((v) => v !== null)); return all.length ? all : found[axis]; };
    const hidden = { visible: false, showgrid: false, zeroline: false };
    draw("worklist-chart", [...outlines(), dots], { xaxis: { ...hidden, range: view(found.x, outer("x")) }, yaxis: { ...hidden, range: view(found.y, outer("y")), scaleanchor: "x", scaleratio: DATA.map.ratio }, hovermode: "closest", margin: { l: 4, r: 4, t: 4, b: 4 } });
    describe("worklist-chart", `${found.rank.length} places for ${words(category)}, the first in ${found.area[0]}.`);
    fillTable("worklist-chart-table", ["Rank", "Area", "Latitude", "Longitude", "New incidents expected"],
      found.rank.map((rank, i) => [rank, found.area[i], found.y[i], found.x[i], number(found.expected[i])]));
  });
})();
