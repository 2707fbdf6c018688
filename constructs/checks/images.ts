import type { Path, Problem } from '../../src/api/problem.js';
import { SERVICE_CONFIG } from './context.js';
import type { ZoneCheck } from './context.js';

const HOST = /^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:\d{1,5})?$/;
const COMPONENT = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const EXAMPLE =
  'an image is written [host[:port]/]path[:tag][@sha256:digest], such as registry.example.com/project1/service:0.1.0';

/**
 * Why a text is no image reference; undefined when it is one.
 * Source: the grammar of the distribution project's `reference` package.
 */
export function imageProblem(image: string): string | undefined {
  const [rest, digest] = splitOnce(image, '@');
  if (digest !== undefined && !DIGEST.test(digest)) return `\`${digest}\` is no digest`;
  const lastSlash = rest.lastIndexOf('/');
  const colon = rest.indexOf(':', lastSlash + 1);
  const name = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) return tag === '' ? 'the tag is empty' : `\`${tag}\` is no tag`;
  const components = name.split('/');
  const first = components[0]!;
  const hasHost =
    components.length > 1 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (hasHost && !HOST.test(first)) return `\`${first}\` is no registry host`;
  const wrong = components.slice(hasHost ? 1 : 0).find((component) => !COMPONENT.test(component));
  if (wrong === '') return 'a part of the path is empty';
  if (wrong !== undefined && wrong !== wrong.toLowerCase()) return `\`${wrong}\` has upper-case letters`;
  if (wrong !== undefined) return `\`${wrong}\` has characters that a path cannot have`;
  return name.length > 255 ? 'the name is longer than 255 characters' : undefined;
}

const splitOnce = (text: string, separator: string): [string, string | undefined] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
};

export const checkImages: ZoneCheck = ({ document: { spec } }) => {
  const images: [Path, string | undefined][] = [
    [['spec', 'gameZone', 'defaultImage'], spec.gameZone.defaultImage],
    [['spec', 'gameZone', 'dbMigraterImage'], spec.gameZone.dbMigraterImage],
    [['spec', 'defaults', 'artifacts', 'image'], spec.defaults?.artifacts?.image],
    ...spec.gameZone.serviceConfig.flatMap(({ image, overrides = {} }, index): [Path, string | undefined][] => [
      [[...SERVICE_CONFIG, index, 'image'], image],
      ...Object.entries(overrides).map(([id, override]): [Path, string] => [
        [...SERVICE_CONFIG, index, 'overrides', id, 'image'],
        override.image,
      ]),
    ]),
  ];
  const known = new Map<string, string | undefined>();
  return images.flatMap(([path, image]): Problem[] => {
    if (image === undefined) return [];
    if (!known.has(image)) known.set(image, imageProblem(image));
    const reason = known.get(image);
    return reason === undefined
      ? []
      : [{ path, message: `not an image reference: ${reason}`, hint: EXAMPLE, value: image }];
  });
};
