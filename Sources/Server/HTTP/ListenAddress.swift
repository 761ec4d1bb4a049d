import Bytes

/// Where a listener waits: an address and a port.
package struct ListenAddress: Sendable, Hashable {
  /// An IP address, or `localhost`.
  package let host: String
  /// 0: the system chooses.
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// - Parameter text: `127.0.0.1:8787`, `[::1]:8787`, `localhost:8787`, or `:8787` for every address of the machine.
  /// - Returns: nil for anything else; names but `localhost` are not looked up.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard let port = UInt16(digits), digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard IPAddress(host)?.isV6 == true else { return nil }
    } else if host.isEmpty {
      host = "::"
    } else {
      guard host == "localhost" || IPAddress(host)?.isV6 == false else { return nil }
    }
    self.init(host: host, port: Int(port))
  }

  /// Whether only processes of this machine can reach it.
  package var isLoopback: Bool {
    if host == "localhost" { return true }
    guard let address = IPAddress(host) else { return false }
    return address.isV6 ? address.value == 1 : address.value >> 24 == 127
  }

  package var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
