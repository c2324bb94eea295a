{{- define "evident.name" -}}
{{- printf "%s-%s" .release .service | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "evident.selector" -}}
app.kubernetes.io/name: evident
app.kubernetes.io/instance: {{ .release }}
app.kubernetes.io/component: {{ .service }}
{{- end -}}

{{- define "evident.labels" -}}
{{ include "evident.selector" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{/* The four services: what each is called in values, and which secrets it may see. */}}
{{- define "evident.services" -}}
gateway: { values: gateway, port: 8000, store: false, master: false, administrator: false }
auth-command: { values: authCommand, port: 8080, store: true, master: true, administrator: true }
identity-projection: { values: identityProjection, port: 8080, store: true, master: false, administrator: false }
token-issuer: { values: tokenIssuer, port: 8080, store: true, master: true, administrator: false }
{{- end -}}
