// Where everything stands. Each level was laid out on its own; where a group is opened, what lies
// right of it and below it makes room. Both moves keep the order, so that nothing overlaps.

const FRAME = { bar: 30, side: 14, bottom: 14, least: 120 };

// How far each coordinate moves so that some intervals grow: [start, end, by how much].
function stretch(intervals) {
  const ends = [];
  const shift = (x) => ends.reduce((most, [end, by]) => (end <= x ? Math.max(most, by) : most), 0);
  for (const [start, end, extra] of intervals.sort((a, b) => a[1] - b[1])) {
    ends.push([end, extra + shift(start)]);
  }
  const move = (x) => x + shift(x);
  move.jump = (x) => ends.reduce((last, [end]) => (end <= x ? Math.max(last, end) : last), -Infinity);
  return move;
}

// An arrow runs level beside an open group, and turns only where that has ended. `ends` are the
// points' places, all but the first's, before anything moved.
function beside(points, ends, moveX, left) {
  return points.flatMap((point, k) => {
    const next = points[k + 1];
    const edge = next ? left + moveX(moveX.jump(ends[k])) : -Infinity;
    return edge > point[0] && edge < next[0] ? [point, [edge, point[1]]] : [point];
  });
}

class Places {
  constructor(packed) {
    this.levels = packed.levels;
    this.labels = packed.labels;
    this.widths = packed.widths;
    this.operands = packed.operands;
    this.homes = new Map(); // of a node: the level, and its place there
    this.parents = new Map(); // of a level: the level around it, and the group's place there
    this.levels.forEach((level, number) => level.boxes.forEach((box, place) => {
      if (typeof box === "number") this.homes.set(box, [number, place]);
      else if (box[0] === "group" && box[4] >= 0) this.parents.set(box[4], [number, place]);
    }));
  }

  closedSize(box) {
    if (typeof box !== "number") return [box[1], box[0] === "port" ? LOOK.PORT : LOOK.GROUP];
    return [this.widths[box] + (this.operands[box] ? 2 * LOOK.RADIUS + LOOK.LINK : 0), LOOK.RECORD];
  }

  // All boxes and arrows that can be seen while these levels are open.
  arrange(opened) {
    this.boxes = [];
    this.arrows = [];
    this.found = new Map();
    const whole = this.measure(0, opened);
    this.draw(whole, 0, 0, 0);
    this.width = whole.width;
    this.height = whole.height;
  }

  // Measure a level: the size of each box, and how its coordinates move.
  measure(number, opened) {
    const level = this.levels[number];
    const inside = new Map(), wider = [], taller = [];
    const sizes = level.boxes.map((box, place) => {
      const [width, height] = this.closedSize(box);
      if (typeof box === "number" || box[0] !== "group" || !opened.has(box[4])) {
        return [width, height];
      }
      const inner = this.measure(box[4], opened);
      inside.set(place, inner);
      const w = Math.max(inner.width + 2 * FRAME.side, width + FRAME.bar, FRAME.least);
      const h = inner.height + FRAME.bar + FRAME.bottom;
      wider.push([level.x[place], level.x[place] + width, w - width]);
      taller.push([level.y[place], level.y[place] + height, h - height]);
      return [w, h];
    });
    const moveX = stretch(wider), moveY = stretch(taller);
    const spots = sizes.map((_, place) => [moveX(level.x[place]), moveY(level.y[place])]);
    const width = moveX(level.size[0]), height = moveY(level.size[1]);
    return { number, sizes, spots, inside, moveX, moveY, width, height };
  }

  draw(measured, left, top, depth) {
    const level = this.levels[measured.number];
    level.boxes.forEach((box, place) => {
      const [x, y] = [left + measured.spots[place][0], top + measured.spots[place][1]];
      const [width, height] = measured.sizes[place];
      const inner = measured.inside.get(place);
      const id = `${measured.number}:${place}`;
      const drawn = { id, level: measured.number, place, box, x, y, width, height, depth };
      drawn.middle = y + this.closedSize(box)[1] / 2;
      drawn.kind = typeof box === "number" ? "node" : inner ? "frame" : box[0];
      this.boxes.push(drawn);
      this.found.set(id, drawn);
      if (inner) this.draw(inner, x + FRAME.side, y + FRAME.bar, depth + 1);
    });
    for (let i = 0; i < level.arrows.length; i += 4) {
      const [source, target, position, count] = level.arrows.slice(i, i + 4);
      const from = this.found.get(`${measured.number}:${source}`);
      const to = this.found.get(`${measured.number}:${target}`);
      const start = this.meeting(from, false, target), end = this.meeting(to, true, source);
      const route = level.routes[i / 4] || [];
      const points = [];
      for (let k = 0; k < route.length; k += 2) {
        const y = top + measured.moveY(route[k + 1]);
        // Beside an open group an arrow runs at the height of its port.
        const height = y === from.middle ? start[1] : y === to.middle ? end[1] : y;
        points.push([left + measured.moveX(route[k]), height]);
      }
      const ends = [...route.filter((_, k) => k % 2 === 0), level.x[target]];
      const whole = beside([start, ...points, end], ends, measured.moveX, left);
      this.arrows.push({ from, to, position, count, points: whole });
    }
  }

  // Where an arrow meets a box: of an open group at the port for what is on the other side.
  meeting(box, inward, other) {
    const inner = box.kind === "frame" ? box.box[4] : -1;
    const at = this.found.get(`${inner}:${inner < 0 ? -1 : this.port(inner, inward, other)}`) ?? box;
    return [inward ? at.x : at.x + at.width, at.y + at.height / 2];
  }

  port(level, inward, other) {
    return this.levels[level].boxes.findIndex(
      (box) => box[0] === "port" && Boolean(box[3]) === inward && box[4] === other,
    );
  }

  // The way to a node from the outside: [level, place] of each group around it, then its own.
  path(node) {
    const home = this.homes.get(node);
    if (!home) return [];
    const steps = [home];
    while (this.parents.has(steps[0][0])) steps.unshift(this.parents.get(steps[0][0]));
    return steps;
  }

  // The title of the group that a node is in, if it is in one.
  around(node) {
    const outer = this.path(node).at(-2);
    return outer ? this.levels[outer[0]].boxes[outer[1]][2] : "";
  }

  // The box in which a node can be seen now: its own, or that of a closed group.
  seen(node) {
    for (const [level, place] of this.path(node)) {
      const box = this.found.get(`${level}:${place}`);
      if (box && box.kind !== "frame") return box;
    }
    return undefined;
  }

  // The arrows along which a node's operand is used, over the frames of open groups.
  along(operand, node, position) {
    const [source, target] = [this.path(operand), this.path(node)];
    let common = 0;
    while (source[common] && target[common] && String(source[common]) === String(target[common])) {
      common += 1;
    }
    if (!source[common] || !target[common]) return [];
    const [level, from] = source[common], to = target[common][1];
    const pairs = [[level, from, to]];
    const follow = (path, other, inward) => {
      let outside = other;
      for (const [number, place] of path.slice(common + 1)) {
        const port = this.port(number, inward, outside);
        pairs.push(inward ? [number, port, place] : [number, place, port]);
        outside = port;
      }
    };
    follow(source, to, false);
    follow(target, from, true);
    return this.arrows.filter((arrow) => {
      const { level: number, place } = arrow.from;
      const both = arrow.from.kind === "node" && arrow.to.kind === "node";
      return (!both || arrow.position === position)
        && pairs.some(([l, f, t]) => l === number && f === place && t === arrow.to.place);
    });
  }
}
