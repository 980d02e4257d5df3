/**
 * Sums of latents, as one writes them: `3 - 1 + mean(4, 8, 15)`. A number is the latent of that seed, `mean` the average of several
 * (Radford et al. 2016 take three: one sample's latent stands for more than what is meant).
 *
 *     sum  = [ "-" ] term { ( "+" | "-" ) term }
 *     term = seed | "mean" "(" seed { "," seed } ")"
 */
export interface Term {
  sign: 1 | -1;
  /** The latent of one seed, or the mean of those of several. */
  seeds: number[];
}

/** @throws SyntaxError, a line with the place, where the text is no such sum */
export function parseLatentSum(text: string): Term[] {
  const tokens = [...text.matchAll(/\s*(\d+|mean\b|[-+(),]|\S+?(?=[-+(),\s]|$))/g)].map((match) => match[1]!);
  let at = 0;
  const wrong = (expected: string) => {
    const before = tokens.slice(0, at).join(' ');
    const found = tokens[at] === undefined ? 'its end' : `"${tokens[at]}"`;
    return new SyntaxError(`"${text}": expected ${expected}${before && ` after "${before}"`}, found ${found}`);
  };
  const took = (token: string) => tokens[at] === token && ++at > 0;
  const seed = (expected: string): number => {
    const value = Number(tokens[at]);
    if (!/^\d+$/.test(tokens[at] ?? '') || !Number.isSafeInteger(value)) throw wrong(expected);
    at++;
    return value;
  };
  const term = (sign: Term['sign']): Term => {
    if (!took('mean')) return { sign, seeds: [seed('a seed or mean(…)')] };
    if (!took('(')) throw wrong('"("');
    const seeds = [seed('a seed')];
    while (took(',')) seeds.push(seed('a seed'));
    if (!took(')')) throw wrong('"," or ")"');
    return { sign, seeds };
  };

  const terms = [term(took('-') ? -1 : 1)];
  while (at < tokens.length) {
    if (took('+')) terms.push(term(1));
    else if (took('-')) terms.push(term(-1));
    else throw wrong('"+" or "-"');
  }
  return terms;
}

/** As it would be written. */
export const termText = ({ seeds }: Term): string => (seeds.length === 1 ? `${seeds[0]}` : `mean(${seeds.join(', ')})`);
