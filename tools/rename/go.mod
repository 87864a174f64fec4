module imagecdn/tools/rename

go 1.26.0
