let count = 0;
export default () => {
  count++;
};
export const close = () => count;
