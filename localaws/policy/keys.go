package policy

import (
	"slices"
	"strings"
)

// The condition keys a bucket policy can have, in lower case; those that end in
// a slash take the name of a tag. From "AWS global condition context keys" of the
// IAM User Guide and "Actions, resources, and condition keys for Amazon S3" of
// the Service Authorization Reference. aws:SourceOwner is older than both.
var conditionKeys = strings.Fields(`
	aws:assumedroot aws:calledvia aws:calledviafirst aws:calledvialast aws:chatbotsourcearn aws:currenttime
	aws:ec2instancesourceprivateipv4 aws:ec2instancesourcevpc aws:epochtime aws:federatedprovider
	aws:multifactorauthage aws:multifactorauthpresent aws:principalaccount aws:principalarn
	aws:principalisawsservice aws:principalorgid aws:principalorgpaths aws:principalservicename
	aws:principalservicenameslist aws:principaltag/ aws:principaltype aws:referer aws:requestedregion
	aws:requesttag/ aws:resourceaccount aws:resourceorgid aws:resourceorgpaths aws:resourcetag/
	aws:securetransport aws:sourceaccount aws:sourcearn aws:sourceidentity aws:sourceip aws:sourceorgid
	aws:sourceorgpaths aws:sourceowner aws:sourcevpc aws:sourcevpcarn aws:sourcevpce aws:tagkeys
	aws:tokenissuetime aws:useragent aws:userid aws:username aws:viaawsservice aws:vpceaccount aws:vpceorgid
	aws:vpceorgpaths aws:vpcsourceip

	s3:accessgrantsinstancearn s3:accesspointnetworkorigin s3:accesspointtag/ s3:authtype s3:buckettag/
	s3:dataaccesspointaccount s3:dataaccesspointarn s3:delimiter s3:destinationregion s3:existingjoboperation
	s3:existingjobpriority s3:existingobjecttag/ s3:if-match s3:if-none-match
	s3:inventoryaccessibleoptionalfields s3:isreplicationpauserequest s3:jobsuspendedcause
	s3:locationconstraint s3:max-keys s3:object-lock-legal-hold s3:object-lock-mode
	s3:object-lock-remaining-retention-days s3:object-lock-retain-until-date s3:objectcreationoperation
	s3:prefix s3:requestjoboperation s3:requestjobpriority s3:requestobjecttag/ s3:requestobjecttagkeys
	s3:resourceaccount s3:signatureage s3:signatureversion s3:tlsversion s3:versionid s3:x-amz-acl
	s3:x-amz-content-sha256 s3:x-amz-copy-source s3:x-amz-grant-full-control s3:x-amz-grant-read
	s3:x-amz-grant-read-acp s3:x-amz-grant-write s3:x-amz-grant-write-acp s3:x-amz-metadata-directive
	s3:x-amz-object-ownership s3:x-amz-server-side-encryption s3:x-amz-server-side-encryption-aws-kms-key-id
	s3:x-amz-server-side-encryption-customer-algorithm s3:x-amz-storage-class
	s3:x-amz-website-redirect-location

	codebuild:buildarn codebuild:projectarn ec2:roledelivery ec2:sourceinstancearn
	glue:credentialissuingservice glue:roleassumedby identitystore:userid lambda:sourcefunctionarn
	ssm:sourceinstancearn sts:externalid sts:rolesessionname sts:sourceidentity sts:transitivetagkeys`)

// SessionKeys are the keys that a role's session has beside those of its role, and
// whose values nothing here knows.
var SessionKeys = []string{
	"aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:sourceidentity",
	"aws:federatedprovider", "aws:principaltag/", "sts:externalid", "sts:rolesessionname", "sts:sourceidentity",
	"sts:transitivetagkeys",
}

// validKey says whether a condition key may stand in a bucket policy: those
// above, and those of identity providers, which are called by a domain or saml.
func validKey(key string) bool {
	provider, name, _ := strings.Cut(strings.ToLower(key), ":")
	return named(conditionKeys, key) || name != "" && (provider == "saml" || strings.Contains(provider, "."))
}

// named says whether a key is among some names in lower case.
func named(names []string, key string) bool {
	name, tag, tagged := strings.Cut(strings.ToLower(key), "/")
	if tagged {
		return tag != "" && slices.Contains(names, name+"/")
	}
	return slices.Contains(names, name)
}
