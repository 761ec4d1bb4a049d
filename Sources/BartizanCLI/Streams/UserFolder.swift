/// Where things of the user are kept.
///
/// Source: XDG Base Directory Specification.
enum UserFolder {
  /// For what can be made again.
  static func cache(_ name: String) -> String { path("XDG_CACHE_HOME", ".cache", name) }

  /// For what is remembered from one run to the next, and cannot be made again.
  static func state(_ name: String) -> String { path("XDG_STATE_HOME", ".local/state", name) }

  private static func path(_ variable: String, _ usual: String, _ name: String) -> String {
    let folder = Environment.value(variable).flatMap { $0.isEmpty ? nil : $0 }
    return (folder ?? (Environment.value("HOME") ?? ".") + "/" + usual) + "/bartizan/" + name
  }
}
