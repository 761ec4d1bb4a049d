/// What people write who know other tools, and how the same is said here.
///
/// Source: the command lines of kubectl, Trivy, Kubescape, kube-linter, Polaris, kube-bench, Checkov, Grype and kube-score.
enum Habits {
  /// A command that others have.
  ///
  /// - Returns: the command line to write; nil for a word that none of them has.
  static func command(_ word: String) -> String? {
    commands.first { $0.words.contains(word) }?.here
  }

  private static let commands: [(words: Set<String>, here: String)] = [
    (["version"], "bartizan --version"),
    (["completion", "completions"], "bartizan --generate-completion-script bash"),
    (
      [
        "fs", "filesystem", "conf", "misconfig", "lint", "check", "audit", "test", "analyze", "score", "framework",
        "control", "workload", "yaml", "run", "fix", "helm", "kustomize", "repo", "repository",
      ], "bartizan scan PATH"
    ),
    (["k8s", "kubernetes", "cluster", "clusters"], "bartizan scan --context NAME"),
    (["vuln", "vulnerabilities", "rootfs", "container", "docker", "vm"], "bartizan image scan IMAGE"),
    (["sbom"], "bartizan image sbom IMAGE"),
    (["secret", "secrets"], "bartizan image secrets IMAGE"),
    (["verify"], "bartizan image verify IMAGE"),
    (["sign"], "bartizan image sign IMAGE"),
    (["explain"], "bartizan checks explain ID"),
    (["list", "controls", "policies"], "bartizan checks list"),
    (["can-i", "auth", "whoami"], "bartizan rbac can SUBJECT VERB RESOURCE"),
    (["who-can"], "bartizan rbac who-can VERB RESOURCE"),
    (["kube-bench", "benchmark", "master", "etcd", "controlplane"], "bartizan cis"),
    (["db", "database", "update", "download"], "bartizan advisories update"),
    (["server", "webhook", "operator"], "bartizan serve"),
    (["get", "describe"], "bartizan scan --context NAME"),
  ]

  /// The first word of input that names what to scan elsewhere.
  ///
  /// - Returns: what to write in its place; nil for other words.
  static func source(_ word: String, _ next: String?) -> String? {
    let next = next.flatMap { $0.hasPrefix("-") ? nil : $0 }
    return switch word {
    case "framework": "bartizan scan --framework \(next ?? "NAME") PATH"
    case "control": "bartizan scan --only \(next ?? "ID") PATH"
    case "image", "container": "bartizan image scan \(next ?? "IMAGE")"
    case "cluster", "k8s": "bartizan scan --context NAME"
    case "workload": "bartizan scan --only kind:KIND PATH"
    case "fs", "config", "lint": "bartizan scan \(next ?? "PATH")"
    default: nil
    }
  }

  /// An option that others have.
  ///
  /// - Parameter own: the options of the command here.
  /// - Returns: how the command says it; nil for an option that none of them has, and for what the command cannot say.
  static func option(_ name: String, own: Set<String>) -> String? {
    all.first { $0.names.contains(name) && (own.contains($0.needs) || $0.needs.isEmpty) }?.here
  }

  /// The same in one letter.
  static func letter(_ letter: Character, own: Set<String>) -> String? {
    letters[letter].flatMap { option($0, own: own) }
  }

  private static let letters: [Character: String] = [
    "s": "severity", "q": "quiet", "d": "directory", "c": "check", "e": "exclude-namespaces", "t": "template",
    "l": "list", "v": "debug",
  ]

  /// Names elsewhere, the option that a command here must have for the hint to be true, and the hint.
  static let all: [(names: Set<String>, needs: String, here: String)] = [
    (
      ["severity", "severity-threshold", "min-severity"], "only",
      "--fail-on LEVEL for the exit code, --only severity:LEVEL for what is shown"
    ),
    (
      [
        "severity", "exit-code", "soft-fail", "hard-fail-on", "fail-threshold", "compliance-threshold",
        "severity-threshold", "set-exit-code-on-danger", "set-exit-code-below-score", "fail-on-severity", "exit-on-eol",
        "exit-one-on-warning", "error-on-violation",
      ], "fail-on", "--fail-on LEVEL, where never is the level that nothing reaches"
    ),
    (["check", "checks", "include", "include-checks", "run", "enable-check"], "only", "--only ID"),
    (
      ["skip-check", "skip-checks", "ignore", "ignore-check", "ignore-test", "disable-check"], "exclude",
      "--exclude ID"
    ),
    (["include-namespaces", "include-namespace"], "namespace", "--namespace NAME"),
    (["exclude-namespaces", "exclude-namespace"], "exclude", "--exclude namespace:NAME"),
    (["include-kinds"], "only", "--only kind:KIND"),
    (["exclude-kinds"], "exclude", "--exclude kind:KIND"),
    (["compliance", "frameworks", "benchmark"], "framework", "--framework NAME"),
    (
      ["skip-dirs", "skip-files", "skip-path", "skip-paths", "ignore-paths", "exclude-paths"], "no-render",
      "a .bartizanignore file, which works like .gitignore"
    ),
    (
      ["ignorefile", "ignore-policy", "ignore-file", "exceptions-file", "suppressions"], "exceptions",
      "--exceptions FILE"
    ),
    (
      ["directory", "dir", "audit-path", "path", "filename", "input", "file-path", "recursive"], "file",
      "the path by itself, or --file PATH"
    ),
    (["kube-context", "cluster-context"], "context", "--context NAME"),
    (["server", "token", "cluster", "user"], "context", "--context NAME; the kubeconfig says the rest"),
    (
      ["output-file", "output-file-path", "output-path", "out", "outfile", "report-file"], "output",
      "-o FORMAT=PATH"
    ),
    (["output-format", "template", "report", "json", "sarif"], "format", "-o FORMAT"),
    (
      ["quiet", "silent", "no-progress", "compact", "hide-progress"], "",
      "not needed: progress is shown at a terminal only"
    ),
    (["debug", "log-level", "logger", "verbosity"], "verbose", "--verbose"),
    (["dry-run"], "diff", "--diff, which shows what --fix would write"),
    (
      ["offline", "offline-scan", "skip-db-update", "skip-update", "use-default", "keep-local"], "",
      "not needed: only `bartizan advisories update` downloads advisories"
    ),
    (["ignore-unfixed", "only-fixed"], "ignore-unfixed", "--ignore-unfixed"),
    (["list-all-pkgs"], "store", "`bartizan image packages IMAGE`"),
    (["no-colour", "color", "no-colors"], "no-color", "--no-color"),
    (["list"], "batch", "`bartizan rbac what-can SUBJECT`"),
  ]
}
