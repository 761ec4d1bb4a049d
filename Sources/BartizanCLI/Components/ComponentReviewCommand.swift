import Access
import ArgumentParser
import Depth
import Operations
import Report

struct ComponentReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "The dossier of a platform, in one page, with a grade and its reasons.",
    discussion: """
      EXAMPLES
        bartizan component review pseios -f examples/cluster
        bartizan component review --all --format markdown --context prod
        bartizan component review argo-cd --audit-log audit.log \\
          --baseline last-review.json -f cluster.yaml

      A name is that of the component, its Helm release or chart, its namespace, or its group of custom resources. The baseline is what \
      an earlier review wrote with --format json. Exit code 1: a component is graded --fail-at or worse, or worse than in the baseline; \
      3: not everything was seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "Names of components. Repeatable.") var name: [String] = []
  @Flag(help: "Every platform that is recognised.") var all = false
  @Option(help: "A folder with manifests of the component. Repeatable.", completion: .directory)
  var manifests: [String] = []
  @Option(help: "Audit logs, to tell what it uses. Repeatable.", completion: .file()) var auditLog: [String] = []
  @Option(
    help: ArgumentHelp(
      "What `image scan`, `image verify` or `image provenance` wrote in JSON: how the images are patched, signed and old. Repeatable.",
      valueName: "file"), completion: .file())
  var imageReport: [String] = []
  @Option(help: "An earlier review in JSON, to tell what has changed.", completion: .file()) var baseline: String?
  @Option(help: "Fail if a component is graded this or worse, from A to F.") var failAt: String?
  @OptionGroup var reach: ReachOptions
  @OptionGroup var output: OutputOptions<ComponentDossiersAnswer>

  func validate() throws {
    if name.isEmpty != all { throw ValidationError("component review needs names, or --all") }
    if let failAt, ComponentDossier.Grade(failAt) == nil { throw ValidationError("--fail-at is a grade from A to F") }
  }

  func run() async throws {
    let earlier = try baseline.map { try ComponentOperation.earlier($0) }
    let review = ComponentOperation(
      try await input.snapshot(cluster, and: manifests), reach: reach.operation, today: Today.text)
    let wanted =
      all ? review.platforms : try review.components(named: name)
    let log = try await Input.auditLog(auditLog)
    let records = imageReport.isEmpty ? nil : try ComponentOperation.imageRecords(imageReport, now: Today.moment)
    let dossiers = wanted.map { review.dossier($0) }
    let accounts = Set(dossiers.flatMap(\.access.accounts))
    let answer = ComponentDossiersAnswer(
      dossiers,
      unused: log.map { UnusedAccess.unusedRules(review.graph.input.inventory, $0.requests) },
      needed: log.map { LeastPrivilege($0.requests, subjects: accounts).grants }, records: records,
      deeds: log.map { ComponentDeeds.all($0.requests, of: accounts) }, earlier: earlier,
      others: all ? review.applications : [], isBrief: false,
      notSeen: DepthOperation.notSeen(review.graph) + (log?.notSeen ?? []))
    try output.give(answer)
    if let limit = failAt.flatMap({ ComponentDossier.Grade($0) }), let worst = answer.worst, worst >= limit {
      throw ExitCode(ExitStatus.findings)
    }
    if answer.isWorse { throw ExitCode(ExitStatus.findings) }
    try ExitStatus.finish(answer)
  }
}
