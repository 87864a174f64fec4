module imagecdn/tools/toolchain

go 1.26.0
