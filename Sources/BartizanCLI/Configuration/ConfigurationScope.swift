/// Which options a file may set that was found and not named.
///
/// Whoever can write to a repository can write such a file, and it is read wherever the repository is scanned. So it may say how
/// the input is judged and shown. It may not say where credentials are and who gets them, which servers are asked and how far they
/// are trusted, what is written, and what is run. An option that is not listed here is none of these until somebody has looked.
enum ConfigurationScope {
  static func isOpen(_ option: String) -> Bool { open.contains(option) }

  static let open: Set<String> = [
    "all", "baseline", "cni", "columns", "crown-jewels", "default-namespace", "endpoints", "exceptions", "exclude",
    "exploitable", "fail-at", "fail-below", "fail-if-shallower", "fail-on", "format", "framework", "helm-set",
    "helm-values", "ignore-unfixed", "image-policy", "kubernetes-version", "level", "limit", "namespace",
    "no-built-in-rules", "no-cache", "no-color", "no-registry", "no-render", "only", "only-external", "platform",
    "policies",
    "profile", "pss-version", "registry", "secret-rules", "severity", "strict", "technique", "verbose", "vex",
  ]
}
