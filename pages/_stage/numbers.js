// How a stage writes a number: with a true minus sign, as long as the plus, and no "−0.00".

const fixed = (v, digits = 2) => (Math.abs(v) < 0.5 * 10 ** -digits ? 0 : v).toFixed(digits).replace("-", "−");
