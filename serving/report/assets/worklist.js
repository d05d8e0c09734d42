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
    // Where the places lie close together the view is of them, with a margin, never closer than a fifth of the city.
    const spread = (all) => Math.max(...all) - Math.min(...all);
    const city = (axis) => DATA.map.areas.flatMap((area) => (area[axis] || []).filter((value) => value !== null));
    const isClose = ["x", "y"].every((axis) => spread(found[axis]) < spread(city(axis)) / 2);
    const view = (axis) => {
      if (!isClose) return {};
      const middle = (Math.max(...found[axis]) + Math.min(...found[axis])) / 2;
      const half = Math.max(spread(found[axis]) * 0.65, spread(city(axis)) / 10);
      return { range: [middle - half, middle + half] };
    };
    const hidden = { visible: false, showgrid: false, zeroline: false };
    draw("worklist-chart", [...outlines(), dots], { xaxis: { ...hidden, ...view("x") }, yaxis: { ...hidden, ...view("y"), scaleanchor: "x", scaleratio: DATA.map.ratio }, hovermode: "closest", margin: { l: 4, r: 4, t: 4, b: 4 } });
    describe("worklist-chart", `${found.rank.length} places for ${words(category)}, the first in ${found.area[0]}.`);
    fillTable("worklist-chart-table", ["Rank", "Area", "Latitude", "Longitude", "New incidents expected"],
      found.rank.map((rank, i) => [rank, found.area[i], found.y[i], found.x[i], number(found.expected[i])]));
  });
})();
