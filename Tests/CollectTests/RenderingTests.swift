import Collect
import Findings
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
