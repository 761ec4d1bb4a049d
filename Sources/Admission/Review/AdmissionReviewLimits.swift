package import Bytes

/// Bounds of one AdmissionReview. An object of the API is at most 1.5 MiB in the store and 3 MiB on its way there; a review of
/// an update holds it twice.
package enum AdmissionReviewLimits {
  package static let bytes = 8 << 20

  package static var limits: Limits {
    var limits = Limits()
    limits.inputBytes = bytes
    limits.documents = 1
    return limits
  }
}

extension AdmissionRequest {
  /// Reads one review, or a bare request, of JSON.
  ///
  /// - Throws: why it is none: too long, cut off, of another kind.
  package init(json bytes: some RandomAccessCollection<UInt8>) throws(Invalid) {
    guard bytes.count <= AdmissionReviewLimits.bytes else {
      throw Invalid(
        "\(bytes.count) bytes is more than the \(AdmissionReviewLimits.bytes) that a review may have", .null)
    }
    let stream = JSONReader.readStream(Array(bytes).span, limits: AdmissionReviewLimits.limits)
    if let error = stream.errors.first {
      throw Invalid("not JSON: \(error.message)", DocumentNode(.null, line: UInt32(clamping: error.line)))
    }
    guard let node = stream.documents.first else { throw Invalid("an AdmissionReview or its request is wanted", .null) }
    try self.init(node)
  }
}
