import Bytes

/// Source: `pkg/apis/resource/{v1,v1beta1,v1beta2}/defaults.go` of Kubernetes 1.36.
extension TypeDefaults {
  static let devices: [String: TypeDefaults] = {
    let request = TypeDefaults(
      [("allocationMode", "ExactCount")],
      begin: { fields in
        if fields.string("allocationMode") == "ExactCount", fields.isEmpty("count") { fields["count"] = 1 }
      })
    // In v1beta1 a request either is one, or lists alternatives.
    let firstVersion = TypeDefaults(begin: { fields in
      guard fields.isEmpty("firstAvailable") else { return }
      if fields.isEmpty("allocationMode") { fields["allocationMode"] = "ExactCount" }
      if fields.string("allocationMode") == "ExactCount", fields.isEmpty("count") { fields["count"] = 1 }
    })
    return [
      "resource/v1.ExactDeviceRequest": request,
      "resource/v1.DeviceSubRequest": request,
      "resource/v1beta2.ExactDeviceRequest": request,
      "resource/v1beta2.DeviceSubRequest": request,
      "resource/v1beta1.DeviceSubRequest": request,
      "resource/v1beta1.DeviceRequest": firstVersion,
    ]
  }()
}
