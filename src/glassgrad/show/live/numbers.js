// Numbers as Python's drawings write them: few digits, a tie goes to the even one.

function number(x, count = 4) {
  if (x === null) return "–";
  if (x !== x) return "nan";
  const sign = x < 0 || Object.is(x, -0) ? "−" : "";
  if (x === 0) return sign + "0";
  if (!Number.isFinite(x)) return sign + "∞";
  const [written, power] = Math.abs(x).toExponential(60).split("e");
  const digits = written.replace(".", "");
  const rest = digits.slice(count), half = "5".padEnd(rest.length, "0");
  let whole = Number(digits.slice(0, count)), exponent = Number(power);
  if (rest > half || (rest === half && whole % 2 === 1)) whole += 1;
  if (whole === 10 ** count) [whole, exponent] = [whole / 10, exponent + 1];
  const trimmed = (text) => text.replace(/0+$/, "").replace(/\.$/, "");
  if (exponent < -4 || exponent >= count) {
    const mantissa = trimmed(`${String(whole)[0]}.${String(whole).slice(1)}`);
    return `${sign}${mantissa}e${String(exponent).replace("-", "−")}`;
  }
  const text = String(whole).padStart(count - Math.min(exponent, 0), "0");
  const point = Math.max(exponent, 0) + 1;
  return sign + trimmed(`${text.slice(0, point)}.${text.slice(point)}`);
}

// What JSON has no number for is sent as a word.
const WORDS = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const decoded = (x) => (typeof x === "string" ? WORDS[x] : x);
