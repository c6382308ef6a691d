/** Words that YAML takes for something else than text. */
const NO_TEXT = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** A text as YAML that reads as this text, quoted only where it must be. */
export function yamlText(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) && !NO_TEXT.test(text) ? text : JSON.stringify(text);
}
