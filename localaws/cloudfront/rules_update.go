package cloudfront

import (
	"encoding/xml"

	"imagecdn/localaws/api"
)

// requiredForUpdate are the members that a new distribution may leave out and a
// changed one may not, though they may be empty ("Required API fields for
// creating and updating distributions").
var requiredForUpdate = []string{
	"Aliases", "DefaultRootObject", "CacheBehaviors", "CustomErrorResponses", "Logging", "PriceClass",
	"ViewerCertificate", "Restrictions", "WebACLId", "HttpVersion",
}

// checkComplete refuses an update that leaves out what it would reset.
func checkComplete(r *api.Request) error {
	var document struct {
		Members []struct{ XMLName xml.Name } `xml:",any"`
	}
	if err := api.DecodeXML(r, &document); err != nil {
		return err
	}
	given := map[string]bool{}
	for _, member := range document.Members {
		given[member.XMLName.Local] = true
	}
	for _, name := range requiredForUpdate {
		if !given[name] {
			return api.Refuse("IllegalUpdate", "%s is required for updates.", name)
		}
	}
	return nil
}
