/// The kinds of sources that there are; a new one is its folder and a line here.
public enum SourceKinds {
  /// All kinds, in the order shown.
  public static let all: [any SourceKind] = [
    Auth0Kind(),
    HerokuKind(),
    OktaKind(),
    EntraKind(),
    LocalKind(),
    GoogleKind(),
    GitHubKind(),
    OneLoginKind(),
    JumpCloudKind(),
    PingOneKind(),
    KeycloakKind(),
    PrivacyIDEAKind(),
    CognitoKind(),
    IAMKind(),
    IdentityCenterKind(),
    SCIMKind(),
    CSVKind(),
    EndpointKind(),
    DuoKind(),
  ]
}
