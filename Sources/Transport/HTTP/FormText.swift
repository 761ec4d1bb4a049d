import Bytes

/// Fields as forms and queries write them.
///
/// Source: URL Standard, "application/x-www-form-urlencoded".
package enum FormText {
  package static func encode(_ fields: [(String, String)]) -> String {
    fields.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
  }
}
