import Bytes

/// The command that a client asked to have run in a container, which stands in the query of its address.
///
/// Source: kubernetes/api, core/v1 types.go, `PodExecOptions`: `command` repeats, each an argument.
enum StreamedCommand {
  private static let mostArguments = 256

  /// Arguments as the kubelet gets them, however they are encoded on the way, and the container.
  ///
  /// The inputs are address and subresource.
  static func emit(_ bytes: Span<UInt8>, _ extractor: inout Extractor) {
    guard extractor.equals(1, bytes, "exec"), let address = extractor.text(0, bytes),
      let mark = address.firstIndex(of: "?")
    else { return }
    var arguments: [String] = []
    var container: String?
    for (name, value) in FormQuery.pairs(address[address.index(after: mark)...]) {
      switch name {
      case "command" where arguments.count < mostArguments: arguments.append(value)
      case "container" where container == nil: container = value
      default: break
      }
    }
    if !arguments.isEmpty {
      extractor.emit(.processCommandLine, arguments.joined(separator: " "))
      extractor.emit(.processArgs, all: arguments)
    }
    if let container, !container.isEmpty { extractor.emit(.containerName, container) }
  }
}
