/** Renders each deployment once for the same files: a check looks at many regions, and its tests at many changes. */
import type { Deployment, Target } from './deployments.ts';
import { filesOf } from './deployments.ts';
import { type RenderedDeployment, renderDeployment } from './render.ts';
import type { Sources } from './sources.ts';

export class Renderer {
  readonly #ids = new WeakMap<object, number>();
  readonly #rendered = new Map<string, RenderedDeployment>();
  #last = 0;

  /** As `renderDeployment`. */
  render(sources: Sources, deployment: Deployment, target: Target): RenderedDeployment {
    const { environment, region } = filesOf(sources, target);
    const { naming, roles, apps, databases } = sources;
    const parts = [
      sources.templates.get(deployment.name) ?? naming,
      environment.settings,
      region,
      naming,
      roles,
      apps,
      databases,
    ];
    const key = [deployment.name, ...parts.map((part) => this.#id(part))].join(' ');
    const known = this.#rendered.get(key);
    if (known) return known;
    const rendered = renderDeployment(sources, deployment, target);
    this.#rendered.set(key, rendered);
    return rendered;
  }

  #id(part: object): number {
    const known = this.#ids.get(part);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#ids.set(part, this.#last);
    return this.#last;
  }
}
