import Bytes

/// An `AdmissionReview` as a webhook gets it.
package struct AdmissionReviewRequest: Sendable {
  package let request: AdmissionRequest
  /// In which the answer is due.
  package let apiVersion: String

  /// - Throws: why it is none: too long, cut off, of another kind, without an identifier.
  package init(json bytes: [UInt8]) throws(AdmissionRequest.Invalid) {
    guard bytes.count <= AdmissionReviewLimits.bytes else {
      throw .init("\(bytes.count) bytes is more than the \(AdmissionReviewLimits.bytes) that a review may have", .null)
    }
    let stream = JSONReader.readStream(bytes.span, limits: AdmissionReviewLimits.limits)
    if let error = stream.errors.first { throw .init("not JSON: \(error.message)", .null) }
    guard let node = stream.documents.first, node["kind"] != nil else {
      throw .init("an AdmissionReview is wanted", .null)
    }
    request = try AdmissionRequest(node)
    apiVersion = node["apiVersion"]?.string ?? ""
    // The server takes no answer without it.
    guard !request.uid.isEmpty else { throw .init("the request has no uid", node) }
  }
}
