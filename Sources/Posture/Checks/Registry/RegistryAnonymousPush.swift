import Bytes
import Findings
import Images
import PodSecurity

struct RegistryAnonymousPush: RegistryCheck {
  let metadata = CheckMetadata(
    registry: "registry-anonymous-push", title: "Anonymous push", severity: .critical,
    rationale: "Whoever can reach the registry puts their own program where the cluster pulls from.",
    remediation: "Ask for a login, and let only the build push: who pushes decides what runs.")

  func examine(_ seen: RegistryObservation, _ context: RegistryContext) -> [RegistryFault] {
    seen.takesFromAnybody == true
      ? [RegistryFault("\(seen.registry) starts an upload without a login", at: "/v2/…/blobs/uploads/", value: "202")]
      : []
  }

  func examine(_ configuration: RegistryConfiguration) -> [RegistryFault] {
    let auth = configuration.root["auth"]
    if auth == nil || auth?["none"] != nil {
      return [RegistryFault("auth is not set: anybody who reaches it pulls and pushes", at: "auth", auth)]
    }
    guard let silly = auth?["silly"] else { return [] }
    return [
      RegistryFault("auth.silly checks no credentials: anybody who sends some is let in", at: "auth.silly", silly)
    ]
  }
}
