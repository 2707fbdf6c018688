import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A field of a Go struct as it is written to JSON. */
export interface GoField {
  readonly json: string;
  readonly type: string;
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  /** Its number in the protobuf form, where it has one; of what is embedded in embedded structs the numbers on the way as well. */
  readonly numbers: readonly number[];
}

type Struct = readonly (GoField | { readonly inline: string; readonly numbers: readonly number[] })[];

/** The structs of a Go package and their JSON fields; sources are gofmt'ed, so that a line is a field. */
export class GoPackages {
  private readonly packages = new Map<string, ReadonlyMap<string, Struct>>();

  /** Where the sources of a module are, by the path of the module. */
  constructor(private readonly folders: ReadonlyMap<string, string>) {}

  /** Of `io.k8s.api.core.v1.Pod`; undefined where there is no such struct. */
  fieldsOf(openApiName: string): readonly GoField[] | undefined {
    const place = goPlace(openApiName, [...this.folders.keys()]);
    return place && this.fields(place.package, place.name);
  }

  private fields(goPackage: string, name: string): readonly GoField[] | undefined {
    const struct = this.structs(goPackage).get(name);
    return struct?.flatMap((field) =>
      'inline' in field
        ? this.inlined(goPackage, field.inline).map((one) => ({ ...one, numbers: [...field.numbers, ...one.numbers] }))
        : [field],
    );
  }

  private inlined(goPackage: string, type: string): readonly GoField[] {
    const [qualifier, name] = type.includes('.') ? type.split('.') : ['', type];
    const from = qualifier === '' ? goPackage : QUALIFIERS[qualifier!];
    if (from === undefined) throw new Error(`${goPackage}: the package ${type} is not known`);
    return this.fields(from, name!) ?? [];
  }

  private structs(goPackage: string): ReadonlyMap<string, Struct> {
    const known = this.packages.get(goPackage);
    if (known) return known;
    const [module, folder] = [...this.folders].find(([path]) => goPackage.startsWith(`${path}/`))!;
    const sources = join(folder, goPackage.slice(module.length));
    const structs = new Map(
      readdirSync(sources)
        .filter((file) => file.endsWith('.go') && !file.startsWith('zz_') && !file.endsWith('_test.go'))
        .flatMap((file) => [...structsIn(readFileSync(join(sources, file), 'utf8'))]),
    );
    this.packages.set(goPackage, structs);
    return structs;
  }
}

/** What the sources of the API call the packages whose structs they embed. */
const QUALIFIERS: Readonly<Record<string, string>> = {
  metav1: 'k8s.io/apimachinery/pkg/apis/meta/v1',
  v1: 'k8s.io/api/core/v1',
};

function* structsIn(source: string): Generator<[string, Struct]> {
  for (const [, name, body] of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields: (GoField | { readonly inline: string; readonly numbers: readonly number[] })[] = [];
    for (const [line, declared, tag] of body!.matchAll(/^\t(.+?)\s+`[^`]*json:"([^"]*)".*$/gm)) {
      const number = /protobuf:"\w+,(\d+)/.exec(line)?.[1];
      const numbers = number === undefined ? [] : [Number(number)];
      const [json, ...options] = tag!.split(',');
      const words = declared!.split(/\s+/);
      if (json === '-') continue;
      if (json === '') fields.push({ inline: words.at(-1)!, numbers });
      else
        fields.push({
          json: json!,
          type: words.slice(1).join(' '),
          omitEmpty: options.includes('omitempty'),
          omitZero: options.includes('omitzero'),
          numbers,
        });
    }
    yield [name!, fields];
  }
}

/** `io.k8s.api.core.v1.Pod` is `Pod` of `k8s.io/api/core/v1`. */
function goPlace(name: string, modules: readonly string[]): { package: string; name: string } | undefined {
  const parts = name.replace(/^io\.k8s\./, '').split('.');
  const type = parts.pop()!;
  const goPackage = `k8s.io/${parts.join('/')}`;
  return modules.some((module) => goPackage.startsWith(`${module}/`)) ? { package: goPackage, name: type } : undefined;
}
