/// The release of Kubernetes whose API server these rules are.
package enum ServedRelease {
  /// 36 for 1.36.
  package static let minor = 36
}
