/// Where things are kept that can be made again.
///
/// Source: XDG Base Directory Specification, `XDG_CACHE_HOME`.
enum CacheFolder {
  static func path(_ name: String) -> String {
    let cache = Environment.value("XDG_CACHE_HOME").flatMap { $0.isEmpty ? nil : $0 }
    return (cache ?? (Environment.value("HOME") ?? ".") + "/.cache") + "/bartizan/" + name
  }
}
