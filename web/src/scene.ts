// three.js around a Layout. Loaded only when a room is opened.
import {
  AmbientLight, BoxGeometry, Color, DirectionalLight, DoubleSide, EdgesGeometry, Group, Line, BufferGeometry,
  LineBasicMaterial, LineSegments, Mesh, MeshBasicMaterial, MeshLambertMaterial, PerspectiveCamera, Plane,
  PlaneGeometry, Raycaster, Scene as Three, SphereGeometry, Vector2, Vector3, WebGLRenderer, type Material, type Object3D,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { fresnelRadius_m, type Layout, type Place } from "./layout";
import type { Store } from "./store";

const NODE_M = 0.12;

/** three.js has y up; plans have z up. */
const at = (p: readonly number[]): Vector3 => new Vector3(p[0] ?? 0, p[2] ?? 0, p[1] ?? 0);

export class Scene {
  private readonly renderer = new WebGLRenderer({ antialias: true, alpha: true });
  private readonly scene = new Three();
  private readonly camera = new PerspectiveCamera(45, 1, 0.05, 200);
  private readonly controls: OrbitControls;
  private readonly content = new Group();
  private readonly fit: ResizeObserver;
  private shown = "";
  private framed = "";
  private dragged: { mesh: Mesh; plane: Plane; height: number } | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly onMove: (name: string, at: Place) => void,
  ) {
    const canvas = this.renderer.domElement;
    host.append(canvas);
    this.scene.add(this.content, new AmbientLight(0xffffff, 1.6));
    const sun = new DirectionalLight(0xffffff, 1.5);
    sun.position.set(3, 8, 5);
    this.scene.add(sun);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.maxPolarAngle = Math.PI / 2;
    this.controls.addEventListener("change", () => this.draw());
    this.fit = new ResizeObserver(() => this.resize());
    this.fit.observe(host);
    canvas.addEventListener("pointerdown", (e) => this.grab(e));
    canvas.addEventListener("pointermove", (e) => this.drag(e));
    canvas.addEventListener("pointerup", () => this.drop());
  }

  show(layout: Layout, store: Store): void {
    const what = JSON.stringify([layout, store.ordered.map((l) => [l.link?.node, l.link?.tx, l.link?.freq_mhz, l.fresh])]);
    if (what === this.shown || this.dragged) return;
    this.shown = what;
    this.clear();
    const css = (name: string): Color => new Color(getComputedStyle(this.host).getPropertyValue(name).trim());
    const [length, width, height] = layout.size_m;
    const floor = new Mesh(new PlaneGeometry(length, width), new MeshBasicMaterial({ color: css("--track"), side: DoubleSide }));
    floor.rotation.x = -Math.PI / 2;
    floor.position.set(length / 2, 0, width / 2);
    const walls = new LineSegments(new EdgesGeometry(new BoxGeometry(length, height, width)), new LineBasicMaterial({ color: css("--soft") }));
    walls.position.set(length / 2, height / 2, width / 2);
    this.content.add(floor, walls);
    for (const z of layout.zones) this.zone(z, css("--replay"));
    for (const n of layout.nodes) {
      const mesh = new Mesh(new SphereGeometry(NODE_M, 24, 16), new MeshLambertMaterial({ color: css("--accent") }));
      mesh.position.copy(at(n.position_m));
      mesh.name = n.name;
      const foot = new Line(
        new BufferGeometry().setFromPoints([at(n.position_m), at([n.position_m[0], n.position_m[1], 0])]),
        new LineBasicMaterial({ color: css("--edge") }),
      );
      this.content.add(mesh, foot);
    }
    this.links(layout, store, css);
    if (this.framed !== layout.id) {
      this.framed = layout.id;
      this.controls.target.set(length / 2, 0.5, width / 2);
      this.camera.position.set(length * 1.1, Math.max(length, width) * 1.1, width * 1.9);
      this.controls.update();
    }
    this.resize();
  }

  /** A link is drawn where both its ends have a position. */
  private links(layout: Layout, store: Store, css: (name: string) => Color): void {
    const placed = new Map(layout.nodes.map((n) => [n.name, at(n.position_m)]));
    for (const l of store.ordered) {
      const a = placed.get(l.link?.node ?? l.link?.name ?? "");
      const b = placed.get(l.link?.tx ?? "");
      if (!a || !b || a.distanceTo(b) < 0.01) continue;
      const color = l.fresh ? css("--live") : css("--none");
      this.content.add(new Line(new BufferGeometry().setFromPoints([a, b]), new LineBasicMaterial({ color })));
      if (!l.link?.freq_mhz) continue; // no frequency, no zone
      const d = a.distanceTo(b);
      const r = fresnelRadius_m(d, l.link.freq_mhz);
      const zone = new Mesh(
        new SphereGeometry(1, 32, 16),
        new MeshBasicMaterial({ color, transparent: true, opacity: 0.12, depthWrite: false }),
      );
      zone.scale.set(r, r, d / 2 + r / 4);
      zone.position.copy(a).add(b).multiplyScalar(0.5);
      zone.lookAt(b);
      this.content.add(zone);
    }
  }

  private zone(z: Layout["zones"][number], color: Color): void {
    const length = Math.abs(z.max_m[0] - z.min_m[0]);
    const width = Math.abs(z.max_m[1] - z.min_m[1]);
    const mesh = new Mesh(
      new PlaneGeometry(length, width),
      new MeshBasicMaterial({ color, transparent: true, opacity: 0.35, side: DoubleSide }),
    );
    mesh.rotation.x = -Math.PI / 2;
    mesh.position.set((z.min_m[0] + z.max_m[0]) / 2, 0.01, (z.min_m[1] + z.max_m[1]) / 2);
    this.content.add(mesh);
  }

  private ray(e: PointerEvent): Raycaster {
    const box = this.renderer.domElement.getBoundingClientRect();
    const ray = new Raycaster();
    ray.setFromCamera(
      new Vector2(((e.clientX - box.left) / box.width) * 2 - 1, 1 - ((e.clientY - box.top) / box.height) * 2),
      this.camera,
    );
    return ray;
  }

  private grab(e: PointerEvent): void {
    const hit = this.ray(e).intersectObjects(this.content.children.filter((o) => o.name !== ""))[0];
    if (!hit || !(hit.object instanceof Mesh)) return;
    const height = hit.object.position.y;
    this.dragged = { mesh: hit.object, plane: new Plane(new Vector3(0, 1, 0), -height), height };
    this.controls.enabled = false;
  }

  private drag(e: PointerEvent): void {
    if (!this.dragged) return;
    const to = this.ray(e).ray.intersectPlane(this.dragged.plane, new Vector3());
    if (!to) return;
    this.dragged.mesh.position.copy(to);
    this.draw();
  }

  private drop(): void {
    if (!this.dragged) return;
    const { mesh, height } = this.dragged;
    this.dragged = null;
    this.controls.enabled = true;
    const round = (v: number): number => Math.round(v * 100) / 100;
    this.onMove(mesh.name, [round(mesh.position.x), round(mesh.position.z), round(height)]);
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height) return;
    this.renderer.setPixelRatio(window.devicePixelRatio);
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.draw();
  }

  private draw(): void {
    this.renderer.render(this.scene, this.camera);
  }

  private clear(): void {
    for (const o of [...this.content.children] as Object3D[]) {
      if (o instanceof Mesh || o instanceof Line) {
        o.geometry.dispose();
        (o.material as Material).dispose();
      }
      this.content.remove(o);
    }
  }

  close(): void {
    this.fit.disconnect();
    this.controls.dispose();
    this.clear();
    this.renderer.dispose();
    this.renderer.domElement.remove();
  }
}
