package s3

import (
	"net/http"
	"strconv"

	"imagecdn/localaws/api"
)

// partNumber reads the number of a part.
func partNumber(text string) (int, error) {
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 || number > maxParts {
		return 0, invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
	}
	return number, nil
}

// part is the span of one of the parts an object was uploaded in; one that came
// in one piece has one ("GetObject", partNumber).
func (v *version) part(text string, request http.Header) (span, error) {
	number, err := partNumber(text)
	if err != nil {
		return span{}, err
	}
	if request.Get("Range") != "" {
		return span{}, api.Refuse("InvalidRequest", "Cannot specify both Range header and partNumber query parameter.")
	}
	sizes := v.Parts
	if len(sizes) == 0 {
		sizes = []int64{v.Size}
	}
	if number > len(sizes) {
		e := api.RefuseStatus(http.StatusRequestedRangeNotSatisfiable, "InvalidPartNumber", "The requested partnumber is not satisfiable")
		e.Fields = map[string]string{"PartNumberRequested": text, "ActualPartCount": strconv.Itoa(len(sizes))}
		return span{}, e
	}
	chosen := span{status: http.StatusPartialContent, length: sizes[number-1], parts: len(v.Parts)}
	for _, size := range sizes[:number-1] {
		chosen.from += size
	}
	if chosen.length == 0 {
		chosen.status = http.StatusOK
	}
	return chosen, nil
}
