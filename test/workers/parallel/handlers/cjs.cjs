exports.default = (/** @type {{ n: number }} */ { n }) => ({ n: n + 1 });
exports.open = () => {};
