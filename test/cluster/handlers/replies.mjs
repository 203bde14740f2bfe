/** @param {import('millrace').Message<string>} message */
export default (message) => message.reply({ length: message.value.length });
