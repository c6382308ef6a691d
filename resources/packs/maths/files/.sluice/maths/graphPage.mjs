/** The graph for people: Markdown with a Mermaid picture. */
export function pageOf(graph, records) {
  const ids = new Map(graph.concepts.map(({ name }, index) => [name, `c${index + 1}`]));
  const label = (text) => plain(text).replaceAll('"', "'");
  const picture = [
    ...graph.concepts.map(({ name }) => `  ${ids.get(name)}["${label(name)}"]`),
    ...graph.edges
      .filter(({ from, to }) => ids.has(from) && ids.has(to))
      .map(({ from, to }) => `  ${ids.get(from)} --> ${ids.get(to)}`),
  ];
  const problems = records.flatMap(({ concept, quality }) =>
    quality.problems.map(
      ({ part, severity, what }) =>
        `- **${plain(concept)}** (${severity}, ${part}): ${plain(String(what))}`,
    ),
  );
  return [
    '# The course',
    summaryOf(graph, records).trimEnd(),
    `\`\`\`mermaid\nflowchart LR\n${picture.join('\n')}\n\`\`\``,
    section(
      'Order of teaching',
      graph.order.map((name, index) => `${index + 1}. ${plain(name)}`),
    ),
    section('What quality found', problems),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** A few lines that say how it stands. */
export function summaryOf({ concepts, edges, circles, missing, outside }, records) {
  const poor = concepts.filter(({ verdict }) => verdict === 'revise');
  const mean = concepts.reduce((sum, { score }) => sum + Number(score), 0) / concepts.length;
  const reason = ({ name }) => {
    const problems = records.find(({ concept }) => concept === name)?.quality.problems ?? [];
    const worst = problems.find(({ severity }) => severity === 'major') ?? problems[0];
    return worst === undefined ? '' : `: ${plain(String(worst.what))}`;
  };
  return [
    `${concepts.length} concepts, ${edges.length} requirements, mean score ${mean.toFixed(1)}.`,
    list(
      'To be revised',
      poor.map((one) => `${plain(one.name)} (${one.score})${reason(one)}`),
    ),
    list('Missing', missing.map(plain)),
    list(
      'In a circle',
      circles.map((circle) => [...circle, circle[0]].map(plain).join(' → ')),
    ),
    list('Required and not in the course', outside.map(plain)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function section(title, lines) {
  return lines.length === 0 ? '' : `## ${title}\n\n${lines.join('\n')}`;
}

function list(title, items) {
  return items.length === 0 ? '' : `${title}:\n\n${items.map((item) => `- ${item}`).join('\n')}`;
}

/** One line without what Markdown or Mermaid would take for markup. */
function plain(text) {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[`<>[\]|{}]/g, ' ')
    .trim();
}
