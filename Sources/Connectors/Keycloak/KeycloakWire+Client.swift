internal import ConnectorKit
internal import JSONQuery

extension KeycloakWire.Client {
  /// What a client says that decides about sign-ins and is not known.
  ///
  /// Attributes are a map that anybody may write into: those count that speak of grants, tokens taken from others, levels
  /// and flows.
  static func unrecognised(
    _ json: JSONValue, _ overrides: [String: JSONValue], _ attributes: [String: JSONValue]
  ) -> [UnrecognisedKey] {
    let decisive = attributes.filter { key, value in
      let key = key.lowercased()
      return value.string?.lowercased() != "false" && !harmless.contains { key.hasPrefix($0) }
        && words.contains { key.contains($0) }
    }
    let place = "client \(json["clientId"]?.string ?? "")"
    return json.unrecognised(besides: keys, at: place)
      + JSONValue.object(overrides).unrecognised(
        besides: ["browser", "direct_grant"],
        at: "\(place)/authenticationFlowBindingOverrides")
      + JSONValue.object(decisive).unrecognised(
        besides: known, at: "\(place)/attributes")
  }

  /// - SeeAlso: <https://www.keycloak.org/docs-api/latest/rest-api/index.html#ClientRepresentation>
  private static let keys: Set<String> = [
    "id", "clientId", "name", "description", "type", "rootUrl", "adminUrl", "baseUrl",
    "surrogateAuthRequired", "enabled", "alwaysDisplayInConsole", "clientAuthenticatorType",
    "secret", "registrationAccessToken", "defaultRoles", "redirectUris", "webOrigins",
    "notBefore", "bearerOnly", "consentRequired", "standardFlowEnabled", "implicitFlowEnabled",
    "directAccessGrantsEnabled", "serviceAccountsEnabled", "authorizationServicesEnabled",
    "directGrantsOnly", "publicClient", "frontchannelLogout", "protocol", "attributes",
    "authenticationFlowBindingOverrides", "fullScopeAllowed", "nodeReRegistrationTimeout",
    "registeredNodes", "protocolMappers", "clientTemplate", "useTemplateConfig",
    "useTemplateScope", "useTemplateMappers", "defaultClientScopes", "optionalClientScopes",
    "authorizationSettings", "access", "origin",
  ]
  /// The attributes that are judged or accounted for.
  private static let known: Set<String> = [
    "oauth2.device.authorization.grant.enabled", "oidc.ciba.grant.enabled",
    "standard.token.exchange.enabled", "oauth2.jwt.authorization.grant.enabled",
    "oauth2.jwt.authorization.grant.idp", "saml.allow.ecp.flow", "acr.loa.map",
    "default.acr.values", "minimum.acr.value",
  ]
  /// Words of attributes that may open a door.
  private static let words = ["grant", "exchange", "external.token", "acr.", "loa", "flow", "ecp"]
  /// How attributes begin that have such a word and open none: messages, lifetimes, keys.
  private static let harmless = [
    "oauth2.device.code.", "oauth2.device.polling.", "standard.token.exchange.enablerefresh",
    "ciba.backchannel.", "saml.artifact", "saml_", "backchannel.logout.", "frontchannel.logout.",
    "saml.assertion.", "saml.server.", "saml.client.", "saml.encrypt",
  ]
}
