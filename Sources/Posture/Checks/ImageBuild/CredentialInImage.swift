import Findings
import Images
import PodSecurity

struct CredentialInImage: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-credential", title: "Credential in the image", severity: .high,
    rationale:
      "Who may pull the image has the credential, also when a later layer takes its file away, or when it is only an argument of the build.",
    remediation: "Change it: it has been seen. Then build without it, with `RUN --mount=type=secret`.",
    benchmark: "4.10")
  let parts: Set<ImagePart> = [.configuration, .files]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    let files = image.secrets.filter { !$0.secret.isAccepted }.map { item in
      BuildMistake(
        "\(item.secret.path):\(item.secret.line) holds a credential (\(item.secret.rule))\(image.layerText(item.layer))\(item.isGone ? ", which a later layer takes away: it is still in the image" : "")",
        at: item.secret.path, value: item.secret.shown, identity: "\(item.secret.path) \(item.secret.rule)")
    }
    let told = (image.configuration.map { ConfigurationSecrets.find($0) } ?? []).map { secret in
      BuildMistake("\(secret.path) holds a credential (\(secret.rule))", at: secret.path, value: secret.shown)
    }
    return files + told
  }
}
