import Bytes

/// What names, ports and addresses of the API look like. Each function gives the server's objections; none is right.
///
/// Source: k8s.io/apimachinery `pkg/util/validation/validation.go`, `pkg/api/validate/content`.
enum Grammar {
  static func subdomain(_ text: String) -> [String] { ObjectMetadataValidation.subdomainFaults(text) }

  static let labelMessage =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

  /// RFC 1123.
  static func label(_ text: String) -> [String] {
    var faults: [String] = []
    if text.utf8.count > 63 { faults.append("must be no more than 63 characters") }
    if !DNSName.hasLabelForm(text.utf8) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      faults.append(
        parts.count > 1 && parts.allSatisfy { DNSName.hasLabelForm($0.utf8) }
          ? "must not contain dots" : labelMessage)
    }
    return faults
  }

  /// RFC 1035: begins with a letter.
  static func oldLabel(_ text: String) -> [String] {
    ObjectMetadataValidation.labelFault(text).map { [$0] } ?? []
  }

  static func wildcardSubdomain(_ text: String) -> [String] {
    guard text.hasPrefix("*.") else {
      return [
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com')"
      ]
    }
    return subdomain(String(text.dropFirst(2)))
  }

  static func qualifiedName(_ text: String) -> [String] { ObjectMetadataValidation.qualifiedNameFaults(text) }
  static func labelValue(_ text: String) -> [String] { ObjectMetadataValidation.labelValueFaults(text) }

  /// A part of a path in a URL: names that are no DNS names.
  static func pathSegment(_ text: String) -> [String] {
    if text == "." || text == ".." { return ["may not be '\(text)'"] }
    return ["/", "%"].filter { text.contains($0) }.map { "may not contain '\($0)'" }
  }

  /// An IANA service name.
  static func portName(_ text: String) -> [String] {
    var faults: [String] = []
    let bytes = Array(text.utf8)
    if bytes.count > 15 { faults.append("must be no more than 15 characters") }
    if !bytes.allSatisfy({ $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D }) || bytes.isEmpty {
      faults.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    }
    if !bytes.contains(where: { $0 &- 0x61 < 26 }) { faults.append("must contain at least one letter (a-z)") }
    if text.contains("--") { faults.append("must not contain consecutive hyphens") }
    if bytes.first == 0x2D || bytes.last == 0x2D { faults.append("must not begin or end with a hyphen") }
    return faults
  }

  static func portNumber(_ number: Int64) -> [String] {
    number < 1 || number > 65535 ? ["must be between 1 and 65535, inclusive"] : []
  }

  static func configKey(_ text: String) -> [String] {
    var faults: [String] = []
    if text.utf8.count > 253 { faults.append("must be no more than 253 characters") }
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy {
        ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E
      }
    if !isPlain {
      faults.append(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
      )
    }
    if text == "." {
      faults.append("must not be '.'")
    } else if text == ".." {
      faults.append("must not be '..'")
    } else if text.hasPrefix("..") {
      faults.append("must not start with '..'")
    }
    return faults
  }

  /// Any printable ASCII but `=`.
  static func variableName(_ text: String) -> [String] {
    if text.isEmpty {
      return ["environment variable name must consist of only printable ASCII characters other than '='"]
    }
    return text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x3D }
      ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
  }

  static func address(_ text: String) -> [String] {
    IPAddress(text) == nil || text.contains("/")
      ? ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"] : []
  }

  static func range(_ text: String) -> [String] {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, IPRange(cidr: text) != nil else {
      return ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"]
    }
    return []
  }

  static func percent(_ text: String) -> [String] {
    guard text.hasSuffix("%"), text.count > 1, text.dropLast().utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
      return [
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
      ]
    }
    return []
  }

  static func headerName(_ text: String) -> [String] {
    let isPlain =
      !text.isEmpty && text.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D || $0 == 0x5F }
    return isPlain
      ? []
      : [
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
      ]
  }
}
