// First drawing, and again when the page turns dark or light, or goes to the printer.
const drawAll = () => CHARTS.forEach((again) => again());
drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
matchMedia("print").addEventListener("change", drawAll);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
document.documentElement.dataset.ready = "true";
