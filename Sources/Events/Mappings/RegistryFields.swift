import Bytes

/// What was asked of a registry.
enum RegistryFields {
  /// Repository, tag and digest of a reference.
  static func emit(image: String, _ extractor: inout Extractor) {
    var name = image[...]
    if let at = name.firstIndex(of: "@") {
      extractor.emit(.containerImageHashAll, String(name[name.index(after: at)...]))
      name = name[..<at]
    }
    let slash = name.lastIndex(of: "/") ?? name.startIndex
    if let colon = name[slash...].lastIndex(of: ":") {
      extractor.emit(.containerImageTag, String(name[name.index(after: colon)...]))
      name = name[..<colon]
    }
    if !name.isEmpty { extractor.emit(.containerImageName, String(name)) }
  }

  static func emit(reference: some StringProtocol, _ extractor: inout Extractor) {
    guard !reference.isEmpty else { return }
    if reference.hasPrefix("sha256:") || reference.hasPrefix("sha512:") {
      extractor.emit(.containerImageHashAll, String(reference))
    } else {
      extractor.emit(.containerImageTag, String(reference))
    }
  }

  /// Action, repository and reference of a request to the interface of the OCI distribution specification 1.1.
  ///
  /// - Returns: false for a path of another interface.
  @discardableResult
  static func emit(method: String, path: String, status: Int?, _ extractor: inout Extractor) -> Bool {
    let path = path.prefix { $0 != "?" }
    guard path.hasPrefix("/v2/") || path == "/v2" else { return false }
    extractor.header.categories.insert(.package)
    let parts = path.dropFirst(3).split(separator: "/").map { PercentEncoding.decode($0) ?? String($0) }
    let isRead = method == "GET" || method == "HEAD"
    var action = isRead ? "pull" : method == "DELETE" ? "delete" : "push"
    if parts.isEmpty {
      action = "login"
      extractor.header.categories.insert(.authentication)
    } else if parts.last == "_catalog" {
      action = "list"
    } else if let place = parts.lastIndex(where: { ["manifests", "blobs", "tags", "referrers"].contains($0) }),
      place > 0
    {
      extractor.emit(.containerImageName, parts[..<place].joined(separator: "/"))
      extractor.emit(.orchestratorResourceType, parts[place])
      if parts[place] == "tags" {
        action = "list"
      } else if place + 1 < parts.count, parts[place + 1] != "uploads" {
        emit(reference: parts[place + 1], &extractor)
      }
    }
    extractor.emit(.eventAction, action)
    switch action {
    case "push": extractor.header.types.insert(.change)
    case "delete": extractor.header.types.insert(.deletion)
    default: extractor.header.types.insert(.access)
    }
    if let status {
      if status == 401 || status == 403 {
        extractor.header.types.insert(.denied)
        extractor.header.categories.insert(.authentication)
      }
      extractor.setOutcome(status >= 400 ? .failure : .success)
    }
    return true
  }
}
