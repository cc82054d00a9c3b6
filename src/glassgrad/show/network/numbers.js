// Numbers as Python writes them in a drawing: numbers.py, and brief in svg.py.

/** Round to so many digits that count, half to even: [digits, exponent of ten]. */
function rounded(size, count) {
  const [exact, power] = size.toExponential(50).split("e");
  const all = exact.replace(".", "");
  const tie = /^50*$/.test(all.slice(count));
  if (tie && Number(all[count - 1]) % 2 === 0) return [all.slice(0, count), Number(power)];
  const [digits, exponent] = size.toExponential(count - 1).split("e"); // a tie goes up
  return [digits.replace(".", ""), Number(exponent)];
}

/** Place the point, and leave out zeros that say nothing. */
function written(x, count, always) {
  if (Number.isNaN(x)) return "nan";
  const sign = x < 0 || Object.is(x, -0) ? "−" : "";
  if (!Number.isFinite(x)) return sign + "∞";
  if (x === 0) return sign + "0";
  const [digits, exponent] = rounded(Math.abs(x), count);
  const tidy = (text) => (text.includes(".") ? text.replace(/\.?0*$/, "") : text);
  if (always || exponent < -4 || exponent >= count) {
    return `${sign}${tidy(digits[0] + "." + digits.slice(1))}e${String(exponent).replace("-", "−")}`;
  }
  const point = exponent + 1;
  return sign + tidy(point > 0
    ? digits.slice(0, point) + "." + digits.slice(point)
    : "0." + "0".repeat(-point) + digits);
}

const number = (x) => written(x, 4, false);

const brief = (x) => {
  const size = Math.abs(x);
  if (!Number.isFinite(x) || x === 0) return number(x);
  const text = size >= 1e-3 && size < 99.5 ? written(x, 2, false) : written(x, 1, true);
  return size < 1 ? text.replace("0.", ".") : text;
};
