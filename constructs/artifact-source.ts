import type { Credential } from './credential.js';

/** Where in the source and where in the volume the files are. */
export interface ArtifactSourceOptions {
  /**
   * Only this folder of the source is taken.
   *
   * @default - all of it
   */
  readonly subPath?: string;

  /**
   * The folder below the mount path that the files are put into.
   *
   * @default - the mount path itself
   */
  readonly into?: string;
}

/** Files in an S3 bucket. */
export interface S3SourceOptions extends ArtifactSourceOptions {
  /** The address of the store, such as `https://cos.ap-beijing.myqcloud.com`. */
  readonly endpoint: string;
  /** The bucket. */
  readonly bucket: string;
  /**
   * What the keys of the objects begin with.
   *
   * @default - the whole bucket
   */
  readonly prefix?: string;
  /**
   * The region that requests are signed for.
   *
   * @default - what the endpoint's name says, else us-east-1
   */
  readonly region?: string;
  /**
   * Where the bucket stands in addresses, `virtual` (in the host name) or `path`.
   *
   * @default - `virtual` for the clouds that want it so, `path` for every other store
   */
  readonly style?: string;
  /**
   * The digest of the list of objects, as `gamezone artifacts lock` finds it out. It pins the source.
   *
   * @default - whatever the prefix holds
   */
  readonly objects?: string;
  /**
   * The access key.
   *
   * @default - anonymous
   */
  readonly accessKey?: Credential;
  /**
   * The secret key.
   *
   * @default - anonymous
   */
  readonly secretKey?: Credential;
}

/** Files in a git repository. */
export interface GitSourceOptions extends ArtifactSourceOptions {
  /** The address: https, http, ssh or git. */
  readonly url: string;
  /**
   * A branch to follow.
   *
   * @default - the remote's default branch
   */
  readonly ref?: string;
  /**
   * A tag.
   *
   * @default - none
   */
  readonly tag?: string;
  /**
   * A full commit id. It pins the source.
   *
   * @default - none
   */
  readonly commit?: string;
  /**
   * The user name that goes with the token.
   *
   * @default - none
   */
  readonly user?: string;
  /**
   * A token.
   *
   * @default - anonymous
   */
  readonly token?: Credential;
  /**
   * A private key for ssh, as a key of a Secret.
   *
   * @default - none
   */
  readonly sshKey?: Credential;
  /**
   * The keys of the hosts that ssh may trust, as `ssh-keyscan` prints them, as a key of a Secret.
   *
   * @default - those that the image knows
   */
  readonly knownHosts?: Credential;
  /**
   * Whether submodules are fetched too.
   *
   * @default false
   */
  readonly submodules?: boolean;
}

/** Files in a Perforce depot. */
export interface P4SourceOptions extends ArtifactSourceOptions {
  /** P4PORT, such as `ssl:p4.example.com:1666`. */
  readonly server: string;
  /** The depot or stream path, such as `//depot/project1/data`. */
  readonly path: string;
  /**
   * A changelist. It pins the source.
   *
   * @default - the newest one
   */
  readonly changelist?: number;
  /**
   * A label.
   *
   * @default - none
   */
  readonly label?: string;
  /**
   * The digest of the revisions that the label names, as `gamezone artifacts lock` finds it out. It pins the label.
   *
   * @default - whatever the label names
   */
  readonly revisions?: string;
  /**
   * P4CHARSET, for Unicode servers.
   *
   * @default - none
   */
  readonly charset?: string;
  /**
   * P4USER.
   *
   * @default - none
   */
  readonly user?: string;
  /**
   * The password or ticket.
   *
   * @default - none
   */
  readonly password?: Credential;
}

/** One source of files that the game needs and its image does not carry. */
export class ArtifactSource {
  /** Any store that speaks S3, Tencent COS included. */
  public static s3(options: S3SourceOptions): ArtifactSource {
    const { endpoint, bucket, prefix = '', region, style, objects, accessKey, secretKey } = options;
    return new ArtifactSource(options, 's3', {
      url: endpoint,
      path: `${bucket}/${prefix.replace(/^\//, '')}`,
      ...(region !== undefined && { region }),
      ...(style !== undefined && { style }),
      ...(objects !== undefined && { objects }),
      ...accessKey?._toFields('accessKey'),
      ...secretKey?._toFields('secretKey'),
    });
  }

  /** A git repository. */
  public static git(options: GitSourceOptions): ArtifactSource {
    const { url, ref, tag, commit, user, token, sshKey, knownHosts, submodules } = options;
    return new ArtifactSource(options, 'git', {
      url,
      ...(ref !== undefined && { branch: ref }),
      ...(tag !== undefined && { tag }),
      ...(commit !== undefined && { commit }),
      ...(user !== undefined && { user }),
      ...token?._toFields('token'),
      ...sshKey?._toFields('sshKey'),
      ...knownHosts?._toFields('knownHosts'),
      ...(submodules !== undefined && { submodules }),
    });
  }

  /** A Perforce depot. The zone needs an `artifactsImage` with the p4 client. */
  public static p4(options: P4SourceOptions): ArtifactSource {
    const { server, path, changelist, label, revisions, charset, user, password } = options;
    return new ArtifactSource(options, 'p4', {
      server,
      path,
      ...(changelist !== undefined && { changelist }),
      ...(label !== undefined && { label }),
      ...(revisions !== undefined && { revisions }),
      ...(charset !== undefined && { charset }),
      ...(user !== undefined && { user }),
      ...password?._toFields('pwd'),
    });
  }

  private constructor(
    private readonly options: ArtifactSourceOptions,
    private readonly kind: string,
    private readonly fields: Record<string, unknown>,
  ) {}

  /** @internal */
  public _toEntry(path: string): Record<string, unknown> {
    const { subPath, into } = this.options;
    return {
      path,
      ...(subPath !== undefined && { subPath }),
      ...(into !== undefined && { into }),
      [this.kind]: this.fields,
    };
  }
}
