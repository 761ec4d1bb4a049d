import Bytes
import Collect
import Findings
import Foundation
import Kube
import TestKit
import Testing

@Suite struct RenderingTests {
  private static let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: x}]}\n"

  /// A folder with a chart, beside a plain manifest, and programs that stand in for helm and kubectl.
  private static func folder(helm: String = "exit 9", kubectl: String = "exit 9") throws -> (
    TemporaryFolder, RenderPrograms
  ) {
    let folder = try TemporaryFolder()
    try folder.write("app/plain.yaml", pod)
    try folder.write("app/chart/Chart.yaml", "apiVersion: v2\nname: chart\n")
    try folder.write("app/chart/values.yaml", "a: 1\n")
    try folder.write("app/chart/templates/pod.yaml", "kind: {{ .Values.kind }}\n")
    try folder.write("helm.sh", "#!/bin/sh\n" + helm)
    try folder.write("kubectl.sh", "#!/bin/sh\n" + kubectl)
    for name in ["helm.sh", "kubectl.sh"] { try folder.makeExecutable(name) }
    var programs = RenderPrograms()
    programs.helm = folder.path + "/helm.sh"
    programs.kubectl = folder.path + "/kubectl.sh"
    programs.kustomize = folder.path + "/none.sh"
    programs.timeout = .seconds(helm.hasPrefix("sleep") ? 2 : 120)
    return (folder, programs)
  }

  private static func read(_ folder: TemporaryFolder, _ path: String, _ programs: RenderPrograms?) async throws
    -> ClusterSnapshot
  {
    try await Sources.snapshot([PathSource(folder.path + "/" + path, programs: programs)])
  }

  @Test func aChartIsRenderedWhereItStands() async throws {
    let (folder, programs) = try Self.folder(
      helm:
        "[ \"$1 $2\" = 'template release' ] && echo \"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: $(basename $3)}\""
    )
    let snapshot = try await Self.read(folder, "app", programs)
    #expect(snapshot.problems.isEmpty)
    #expect(snapshot.objects(.configMap).map(\.name) == ["chart"] && snapshot.objects(.pod).count == 1)
    #expect(snapshot.objects(.configMap)[0].location.text.hasSuffix("app/chart (helm template):1"))
  }

  @Test(
    arguments: [
      ("echo 'Error: values missing' >&2; exit 1", "helm template failed: Error: values missing"),
      ("sleep 30", "did not end within 2 seconds"),
      (
        "printf 'WARNING: old\\nError: template: x.yaml:3\\n  executing at <.a>: nil\\n' >&2; exit 1",
        "failed: Error: template: x.yaml:3 executing at <.a>: nil; it was not rendered"
      ),
      // Without the time and the number of the process, which differ in every run.
      (
        "printf 'E1129 16:40:14.081478   26584 run.go:72] \"command failed\" err=<\\n\\terror: no such base\\n >\\n' >&2; exit 1",
        "failed: error: no such base; it was not rendered"
      ),
    ])
  func aChartThatCannotBeRenderedIsSaidAndTheRestGoesOn(_ helm: String, _ says: String) async throws {
    let (folder, programs) = try Self.folder(helm: helm)
    let snapshot = try await Self.read(folder, "app", programs)
    #expect(snapshot.problems.count == 1 && snapshot.problems[0].hidesInput)
    #expect(snapshot.problems[0].message.contains(says), "\(snapshot.problems[0].message)")
    #expect(snapshot.objects(.pod).count == 1)
  }

  @Test func withoutTheProgramItIsSaidToo() async throws {
    var (folder, programs) = try Self.folder()
    programs.helm = "no-such-helm"
    #expect(try await Self.read(folder, "app", programs).problems[0].message.contains("no-such-helm is not in PATH"))
    #expect(try await Self.read(folder, "app", nil).problems[0].message.contains("helm template"))
  }

  @Test func aKustomizationIsBuiltWhenItIsNamed() async throws {
    let (folder, programs) = try Self.folder(
      kubectl: "[ \"$1\" = kustomize ] && printf 'apiVersion: v1\\nkind: Secret\\nmetadata: {name: built}\\n'")
    try folder.write("overlay/kustomization.yaml", "resources: [pod.yaml]\n")
    try folder.write("overlay/pod.yaml", Self.pod)
    let snapshot = try await Self.read(folder, "overlay", programs)
    #expect(snapshot.objects.map(\.kind) == ["Secret"])
    // As they are, when that is asked for.
    #expect(try await Self.read(folder, "overlay", nil).objects(.pod).count == 1)
  }

  /// Below a folder, too: those that no other one uses are rendered, and what they are made of is not read again.
  @Test("newcomer/06-kustomizations-below-a-folder: they are rendered, and what they are made of is not judged")
  func kustomizationsBelowAFolderAreRendered() async throws {
    let (folder, programs) = try Self.folder(
      kubectl:
        "[ \"$1\" = kustomize ] && printf 'apiVersion: v1\\nkind: Secret\\nmetadata: {name: %s}\\n' $(basename $2)")
    try folder.write("repo/base/kustomization.yaml", "resources: [pod.yaml]\n")
    try folder.write("repo/base/pod.yaml", Self.pod)
    try folder.write("repo/prod/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n")
    try folder.write("repo/prod/patch.yaml", Self.pod)
    try folder.write("repo/far/kustomization.yaml", "resources: ['https://example.com/base?ref=v1']\n")
    try folder.write("repo/plain.yaml", Self.pod)
    let snapshot = try await Self.read(folder, "repo", programs)
    #expect(snapshot.objects(.secret).map(\.name) == ["prod"])
    #expect(snapshot.objects(.pod).map(\.file) == [folder.path + "/repo/plain.yaml"])
    #expect(snapshot.problems.map(\.code) == ["not-rendered"])
    #expect(snapshot.problems.first?.message.contains("https://example.com") == true)
    // Without the program it is said, and the files are read as they are.
    let (_, none) = try Self.folder()
    var missing = none
    missing.kubectl = "no-such-kubectl"
    let raw = try await Self.read(folder, "repo", missing)
    #expect(raw.problems.count == 2 && raw.problems.allSatisfy(\.hidesInput))
    // A patch is no object; the rest is judged as far as it goes.
    #expect(
      raw.objects(.pod).map(\.file).sorted() == ["/repo/base/pod.yaml", "/repo/plain.yaml"].map { folder.path + $0 })
    #expect(try await Self.read(folder, "repo", nil).problems.isEmpty)
  }

  /// Flux has a kind of the same name, and its files are often called so.
  /// Everything that kustomize would fetch: nothing is run then, and that is told.
  ///
  /// Source: kubernetes-sigs/kustomize, `api/types/kustomization.go`, `api/internal/git/repospec.go`: files by their address are
  /// fetched wherever a file may stand.
  @Test(arguments: [
    "resources: ['https://host.invalid/a.yaml']", "Resources: ['https://host.invalid/a.yaml']",
    "bases: ['github.com/org/repo//base?ref=v1']", "components: ['git@host.invalid:org/repo.git']",
    "resources: ['ssh://git@host.invalid/repo']", "resources: ['git::https://host.invalid/repo']",
    "resources: ['HTTPS://host.invalid/a.yaml']", "resources: ['file:///srv/repo']", "resources: ['gh:org/repo']",
    "resources: ['host.invalid:org/repo']", "resources: ['git.host.invalid/org/repo']",
    // A folder of that name stands in the way, and is not what is meant.
    "resources: ['github.com/local/repo']", "resources: ['https://local.invalid/base']",
    "crds: ['https://host.invalid/crd.json']", "openapi: {path: 'https://host.invalid/schema.json'}",
    "patches: [{path: 'https://host.invalid/p.yaml'}]", "patchesStrategicMerge: ['https://host.invalid/p.yaml']",
    "patchesJson6902: [{path: 'https://host.invalid/p.yaml', target: {kind: Pod, name: a}}]",
    "replacements: [{path: 'https://host.invalid/r.yaml'}]", "configurations: ['https://host.invalid/c.yaml']",
    "configMapGenerator: [{name: a, files: ['k=https://host.invalid/c']}]",
    "secretGenerator: [{name: a, envs: ['https://host.invalid/c']}]",
    "configMapGenerator: [{name: a, env: 'https://host.invalid/c'}]",
    "helmCharts: [{name: a, repo: 'https://host.invalid/charts'}]",
    "helmCharts: [{name: a, repo: 'oci://host.invalid/charts'}]",
    "generators: ['https://host.invalid/g.yaml']", "generators: [generator.yaml]", "transformers: [linked.yaml]",
    "generators:\n- |-\n  kind: ConfigMapGenerator\n  metadata: {name: a}\n  files: ['https://host.invalid/c']",
    "resources: [far]", "resources: [linked]", "resources: [broken]", "broken: [",
  ])
  func nothingIsDownloaded(_ text: String) async throws {
    let (folder, programs) = try Self.folder(kubectl: "echo \"$2\" >> \"$0.ran\"; echo 'kind: Secret'")
    try folder.write("app2/kustomization.yaml", text + "\n")
    try folder.write(
      "app2/generator.yaml", "kind: ConfigMapGenerator\nmetadata: {name: a}\nfiles: ['https://host.invalid/c']\n")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/app2/linked.yaml", withDestinationPath: "generator.yaml")
    for name in ["app2/github.com/local/repo", "app2/https:/local.invalid/base"] {
      try folder.write(name + "/kustomization.yaml", "resources: []\n")
    }
    try folder.write("app2/far/kustomization.yaml", "resources: ['https://host.invalid/a.yaml']\n")
    try folder.write("app2/far.txt", "bases: ['https://host.invalid/a.yaml']\n")
    try folder.write("app2/linked/a.txt", "x")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/app2/linked/kustomization.yaml", withDestinationPath: "../far.txt")
    try folder.write("app2/broken/kustomization.yaml", "resources: [\n")
    let snapshot = try await Self.read(folder, "app2", programs)
    // The two that stand in the way are kustomizations of their own, and harmless.
    let rendered = String(
      decoding: FileManager.default.contents(atPath: programs.kubectl + ".ran") ?? Data(), as: UTF8.self)
    #expect(
      rendered.split(separator: "\n").allSatisfy { $0.hasSuffix("/local/repo") || $0.hasSuffix("local.invalid/base") },
      "\(rendered) \(snapshot.problems.map(\.text))")
    #expect(snapshot.problems.contains { $0.code == "not-rendered" })
  }

  /// Contents that look like addresses are none, and programs have no way to the network.
  @Test func whatOnlyLooksLikeAnAddressIsRendered() async throws {
    let (folder, programs) = try Self.folder(
      helm: "echo \"{apiVersion: v1, kind: ConfigMap, metadata: {name: h}, data: {plugins: '$HELM_PLUGINS'}}\"",
      kubectl:
        "printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\ndata: {git: \"%s\", proxy: \"%s\"}\\n' \"$GIT_ALLOW_PROTOCOL\" \"$HTTPS_PROXY\""
    )
    try folder.write(
      "app3/kustomization.yaml",
      """
      resources: [v1.2/base]
      commonAnnotations: {home: 'https://host.invalid/'}
      configMapGenerator: [{name: a, literals: ['url=https://host.invalid/']}]
      images: [{name: a, newName: 'github.com/a'}]
      patches: [{target: {kind: Pod}, patch: "- {op: add, path: /a, value: 'https://host.invalid'}"}]
      """)
    try folder.write("app3/v1.2/base/kustomization.yaml", "resources: [pod.yaml]\n")
    try folder.write("app3/v1.2/base/pod.yaml", Self.pod)
    let snapshot = try await Self.read(folder, "app3", programs)
    let built = try #require(snapshot.objects(.configMap).first)
    #expect(built.root[path: "data", "git"]?.string == "none")
    #expect(built.root[path: "data", "proxy"]?.string?.hasPrefix("http://127.0.0.1:") == true)
    let chart = try #require(try await Self.read(folder, "app", programs).objects(.configMap).first)
    #expect(chart.root[path: "data", "plugins"]?.string == "/nonexistent")
  }

  @Test func aFileThatOnlyGoesByTheNameIsAnObject() async throws {
    let (folder, programs) = try Self.folder()
    try folder.write(
      "repo/a/kustomization.yaml",
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./b}\n")
    let snapshot = try await Self.read(folder, "repo", programs)
    #expect(snapshot.objects.map(\.kind) == ["Kustomization"] && snapshot.problems.isEmpty)
  }

  /// Settings reach helm, and what it prints is in the template that it names.
  @Test func aChartGetsItsSettings() async throws {
    var (folder, programs) = try Self.folder(
      helm: """
        shift 3
        echo "---
        # Source: chart/templates/pod.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a}
        data: {arguments: '$*'}
        ---
        # Source: chart/charts/part/templates/gone.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: b}"
        """)
    programs.chart.valueFiles = ["prod.yaml"]
    programs.chart.values = ["a.b=c"]
    programs.chart.namespace = "shop"
    programs.chart.kubernetesVersion = "1.33"
    let maps = try await Self.read(folder, "app", programs).objects(.configMap)
    #expect(
      maps[0].root[path: "data", "arguments"]?.string
        == "--include-crds --namespace=shop --kube-version=1.33 --values=prod.yaml --set=a.b=c")
    // Where a line is that of the rendered text, none is told.
    #expect(maps[0].location.text == folder.path + "/app/chart/templates/pod.yaml")
    #expect(maps[1].location.text == folder.path + "/app/chart/Chart.yaml")
  }

  /// `helm package` makes an archive; it is rendered as it is, and without helm it is one line.
  @Test(
    "newcomer/12-helm-packages: a packaged chart is rendered", arguments: ["web.tgz", ""])
  func aPackagedChartIsRendered(_ name: String) async throws {
    let (folder, programs) = try Self.folder(
      helm:
        "printf -- '---\\n# Source: web/templates/a.yaml\\napiVersion: v1\\nkind: Secret\\nmetadata: {name: %s}\\n' $(basename $3)"
    )
    let chart = [
      ("web/Chart.yaml", "apiVersion: v2\nname: web\n"), ("web/values.yaml", "a: 1\n"),
      ("web/templates/a.yaml", "kind: {{ .a }}\nb: {{\n"), ("web/templates/b.yaml", "{{- if }}\n: {{\n"),
    ]
    try folder.write("packed/web.tgz", TarBuilder.compressed(TarBuilder.archive(chart)))
    try folder.write("packed/data.tgz", TarBuilder.compressed(TarBuilder.archive([("a.txt", "x")])))
    let path = name.isEmpty ? "packed" : "packed/" + name
    let snapshot = try await Self.read(folder, path, programs)
    #expect(snapshot.objects.map(\.name) == ["web.tgz"] && snapshot.problems.isEmpty)
    #expect(snapshot.objects.first?.file.hasSuffix("packed/web.tgz!web/templates/a.yaml") == true)
    var missing = programs
    missing.helm = "no-such-helm"
    for programs in [missing, nil] {
      let raw = try await Self.read(folder, path, programs)
      #expect(raw.problems.map(\.code) == ["not-rendered"] && raw.objects.isEmpty)
    }
  }

  @Test func aKustomizationInCirclesIsOneLine() async throws {
    guard let kubectl = Program.find("kubectl") else {
      print("skipped: kubectl is not in PATH")
      return
    }
    let folder = try TemporaryFolder()
    try folder.write("a/kustomization.yaml", "resources: [../b]\n")
    try folder.write("a/pod.yaml", Self.pod)
    try folder.write("b/kustomization.yaml", "resources: [../a]\n")
    var programs = RenderPrograms()
    programs.kubectl = kubectl
    let snapshot = try await Self.read(folder, "a", programs)
    let problem = try #require(snapshot.problems.first { $0.code == "not-rendered" })
    #expect(problem.message.contains("cycle") && !problem.message.contains("\n"), "\(problem.message)")
    #expect(snapshot.objects(.pod).count == 1)
  }
}
