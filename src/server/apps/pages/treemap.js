"use strict";

/**
 * Divides a rectangle among sizes, largest first, into rectangles that are nearly square: a squarified treemap.
 * Gives for each size where it lies: { x, y, w, h }.
 */
function treemap(sizes, x, y, w, h) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const places = [];
  if (total <= 0 || w <= 0 || h <= 0) return sizes.map(() => ({ x, y, w: 0, h: 0 }));
  let areas = sizes.map((size) => (size / total) * w * h);

  /** How far from square the worst of a row is. */
  const worst = (row, sum, side) => {
    const most = Math.max(...row), least = Math.min(...row);
    return Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least));
  };

  while (areas.length) {
    const side = Math.min(w, h);
    let row = [areas[0]], sum = areas[0];
    while (row.length < areas.length) {
      const next = areas[row.length];
      if (next <= 0 || worst([...row, next], sum + next, side) > worst(row, sum, side)) break;
      row.push(next);
      sum += next;
    }
    const deep = side > 0 ? Math.min(sum / side, w >= h ? w : h) : 0;
    let along = 0;
    for (const area of row) {
      const long = deep > 0 ? area / deep : 0;
      places.push(w >= h ? { x, y: y + along, w: deep, h: long } : { x: x + along, y, w: long, h: deep });
      along += long;
    }
    if (w >= h) [x, w] = [x + deep, Math.max(w - deep, 0)];
    else [y, h] = [y + deep, Math.max(h - deep, 0)];
    areas = areas.slice(row.length);
  }
  return places;
}
