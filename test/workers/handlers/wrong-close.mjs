export default function handle() {}
export const close = 12;
