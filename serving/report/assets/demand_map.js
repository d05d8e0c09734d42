// Areas filled by the requests expected there; ranked bars where there are no outlines.
(() => {
  const map = DATA.map;
  const when = byId("demand-when");
  const choices = [["total", "Next " + Math.min(7, map.days.length) + " days, total"], ...map.days.map((day, at) => [String(at), day])];
  choices.forEach(([value, title]) => when.append(new Option(title, value)));

  const valuesOf = (category, at) => {
    const found = map.by_category[category];
    if (!found) return null;
    return at === "total" ? found.mean : found.daily.map((row) => row[Number(at)]);
  };

  function fill(share) {
    if (share === null) return colour("map-none");
    const scale = mapScale().map(([, c]) => c.match(/\w\w/g).map((h) => parseInt(h, 16)));
    const at = Math.min(Math.floor(share * 4), 3);
    const part = share * 4 - at;
    return "rgb(" + scale[at].map((low, i) => Math.round(low + (scale[at + 1][i] - low) * part)).join(",") + ")";
  }

  function mapTraces(values, top, hovers) {
    const traces = map.areas.map((area, i) => ({
      type: "scatter", mode: "lines", x: area.x, y: area.y, fill: "toself", hoveron: "fills", text: hovers[i], hoverinfo: "text",
      fillcolor: fill(values[i] === null ? null : values[i] / top), line: { color: colour("map-line"), width: 0.7 }, showlegend: false,
    }));
    traces.push({
      type: "scatter", mode: "markers", x: [null], y: [null], showlegend: false, hoverinfo: "skip",
      marker: { color: [0], cmin: 0, cmax: top, colorscale: mapScale(), showscale: true,
        colorbar: { orientation: "h", thickness: 12, len: 0.9, y: -0.02, yanchor: "top", title: { text: "requests expected", side: "bottom" } } },
    });
    return traces;
  }

  function drawMap(values, top, hovers) {
    const hidden = { visible: false, showgrid: false, zeroline: false };
    draw("demand", mapTraces(values, top, hovers), {
      xaxis: hidden, yaxis: { ...hidden, scaleanchor: "x", scaleratio: map.ratio }, hovermode: "closest", margin: { l: 4, r: 4, t: 4, b: 56 },
    });
  }

  function drawBars(values, order, hovers) {
    byId("demand").style.height = Math.max(12, order.length * 1.5 + 4) + "rem";
    const names = order.map((i) => map.areas[i].name);
    draw("demand", [{
      type: "bar", orientation: "h", x: order.map((i) => values[i]), y: order.map((_, rank) => rank),
      text: order.map((i) => number(values[i])), textposition: "auto", hovertext: order.map((i) => hovers[i]), hoverinfo: "text", marker: { color: colour("chart-line") },
    }], {
      yaxis: { autorange: "reversed", tickmode: "array", tickvals: order.map((_, rank) => rank), ticktext: names.map((name) => safe(name.length > 24 ? name.slice(0, 23) + "…" : name)), showgrid: false, zeroline: false },
      xaxis: { title: { text: "requests expected" }, rangemode: "tozero" },
    });
  }

  chart("demand", ["demand-category", "demand-when"], (category, at) => {
    const values = valuesOf(category, at);
    const title = choices.find(([value]) => value === at)[1];
    if (!values) {
      nothing("demand", "demand-words", `No forecast by area of ${words(category)} requests is in this publication.`);
      return;
    }
    const found = map.by_category[category];
    const hasRange = at === "total";
    const hovers = map.areas.map((area, i) => `${safe(area.name)}<br>${safe(area.district)}<br>${number(values[i])} requests expected` + (hasRange ? `<br>80 % of cases: ${range(found.low[i], found.high[i])}` : ""));
    const order = values.map((_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
    const top = Math.max(values[order[0]] || 0, 0.1);
    if (map.mapped) drawMap(values, top, hovers); else drawBars(values, order, hovers);
    const most = order.slice(0, 3).map((i) => `${map.areas[i].name} (${number(values[i])})`).join(", ");
    const sentence = `${capital(words(category))}, ${title.toLowerCase().startsWith("next") ? title.toLowerCase() : title}: most are expected in ${most}.`;
    byId("demand-words").textContent = sentence;
    describe("demand", "Requests expected by area. " + sentence);
    fillTable("demand-table", ["Area", "District", "Requests expected", ...(hasRange ? ["80 % of cases lie between"] : [])],
      order.map((i) => [map.areas[i].name, map.areas[i].district, number(values[i]), ...(hasRange ? [range(found.low[i], found.high[i])] : [])]));
  });
})();
