internal import AWS
internal import Auth0
internal import CSV
internal import ConnectorKit
internal import Duo
internal import Endpoint
internal import Entra
internal import GitHub
internal import Google
internal import Heroku
internal import JumpCloud
internal import Keycloak
internal import Local
internal import Okta
internal import OneLogin
internal import PingOne
internal import PrivacyIDEA
internal import SCIM

/// The kinds of sources that there are; a new one is its folder, its target and a line here.
enum SourceKinds {
  /// All kinds, in the order shown.
  static let all: [any SourceKind] = [
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
