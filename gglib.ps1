#Requires -Version 5.1
# Builds gglib when its sources changed, then runs it and ends with its exit code. The Windows twin of ./gglib:
# the same stamp, the same messages. PowerShell cannot exec, so Ctrl-C reaches the program through the console.
$ErrorActionPreference = 'Stop'

$root = $PSScriptRoot
$program = Join-Path $root 'artifacts\bin\GGLib\release\gglib.exe'
$work = Join-Path $root 'artifacts\launcher'
$stamp = Join-Path $work 'stamp'
$log = Join-Path $work 'build.log'

function Get-Sources {
    Get-ChildItem -Path (Join-Path $root 'src'), (Join-Path $root 'models') -Recurse -File
    Get-ChildItem -Path (Join-Path $root 'Directory.*.props'), (Join-Path $root 'global.json') -File
}

function Get-List([object[]] $files) {
    ($files | ForEach-Object { $_.FullName } | Sort-Object) -join "`n"
}

# Newer files by time, added and deleted ones by the list kept in the stamp.
function Test-Fresh {
    if (-not (Test-Path $program) -or -not (Test-Path $stamp)) { return $false }
    $files = @(Get-Sources)
    $built = (Get-Item $stamp).LastWriteTimeUtc
    if ($files | Where-Object { $_.LastWriteTimeUtc -gt $built } | Select-Object -First 1) { return $false }
    return [IO.File]::ReadAllText($stamp) -ceq (Get-List $files)
}

# The first dotnet with an SDK of 10 or later.
function Find-Sdk {
    $found = 'no .NET SDK was found.'
    $candidates = @()
    if ($env:DOTNET_ROOT) { $candidates += Join-Path $env:DOTNET_ROOT 'dotnet.exe' }
    $onPath = Get-Command dotnet -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($onPath) { $candidates += $onPath.Source }
    if ($env:LOCALAPPDATA) { $candidates += Join-Path $env:LOCALAPPDATA 'Microsoft\dotnet\dotnet.exe' }
    foreach ($candidate in $candidates) {
        if (-not (Test-Path $candidate)) { continue }
        # From the drive's root: the checkout's global.json would turn an old SDK's number into an error text.
        Push-Location ([IO.Path]::GetPathRoot($root))
        # 5.1 turns a native program's stderr into a terminating error under Stop.
        $ErrorActionPreference = 'Continue'
        try { $version = [string](& $candidate --version 2>$null) } finally { $ErrorActionPreference = 'Stop'; Pop-Location }
        if ($version -notmatch '^(\d+)\.') { continue }
        if ([int] $Matches[1] -ge 10) { return $candidate }
        $found = "the .NET SDK found is $version, and 10 or later is needed."
    }
    [Console]::Error.WriteLine("gglib: $found Install the .NET 10 SDK from https://dot.net/download, or with ``winget install Microsoft.DotNet.SDK.10``, then run this again.")
    exit 127   # as the POSIX launcher: "command not found"
}

# Says what the build does, from a line of its log. Nothing for a line that says nothing to a user.
function Get-Progress([string] $line) {
    if ($line -match '^ *Determining projects to restore') { return '  downloading the packages that are missing' }
    if ($line -match '^ *Restored .*[\\/]GGLib\.csproj') { return '  compiling' }
    if ($line -match '^ *(GGLib[A-Za-z.]*) -> ') { return "  compiled $($Matches[1])" }
}

# What is missing and how to get it, from the build's log. The errors follow, and where the whole log is.
function Write-Failure([string] $dotnet) {
    $text = [IO.File]::ReadAllText($log)
    $reason = switch -Regex ($text) {
        'No space left on device|not enough space on the disk' { "the disk is full. The build needs about 1 GB in $root\artifacts and in NuGet's package folder. Free some space, then run this again."; break }
        'NU1301|Unable to load the service index|NU1801' { 'the NuGet packages cannot be downloaded. Check the network. Behind a proxy set HTTPS_PROXY; for a mirror of nuget.org run `dotnet nuget add source ADDRESS`. Then run this again.'; break }
        'NU110[0-3]' { 'the package source lacks a package that the build needs. Add nuget.org with `dotnet nuget add source https://api.nuget.org/v3/index.json`, then run this again.'; break }
        'compatible \.NET SDK was not found|requested SDK version|NETSDK1045|NETSDK1226|MSB4236' { "the .NET SDK at $dotnet does not fit. This checkout needs .NET SDK 10: install it from https://dot.net/download, then run this again."; break }
        'Access to the path .* is denied|Permission denied' { "the build may not write where it must. Make the folder that the first error names writable, or copy the checkout to where you may write."; break }
        default { 'the build failed.' }
    }
    [Console]::Error.WriteLine("gglib: $reason")
    $errors = @($text -split "`n" | Where-Object { $_ -match 'error[ :]' } | ForEach-Object { $_ -replace '^.*?(error[ :].*?)( \[[^\]]*\])?\s*$', '  $1' } | Sort-Object -Unique | Select-Object -First 5)
    foreach ($line in $errors) { [Console]::Error.WriteLine($line) }
    [Console]::Error.WriteLine("The whole log is in $log")
}

function Invoke-Build {
    try { New-Item -ItemType Directory -Force -Path $work | Out-Null }
    catch {
        [Console]::Error.WriteLine("gglib: cannot write to ${work}: make the folder writable, or copy the checkout to where you may write.")
        exit 1
    }
    $dotnet = Find-Sdk

    # One build at a time. The system releases the mutex of a process that died.
    $hash = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($root)).Replace('/', '_')
    if ($hash.Length -gt 200) { $hash = $hash.Substring($hash.Length - 200) }
    $mutex = New-Object Threading.Mutex($false, "gglib-build-$hash")
    try {
        try { [void] $mutex.WaitOne() } catch [Threading.AbandonedMutexException] { }
        if (Test-Fresh) { return }

        [Console]::Error.WriteLine('Building gglib. Only the first start and changed sources need this.')
        $clock = [Diagnostics.Stopwatch]::StartNew()
        Remove-Item $stamp -ErrorAction SilentlyContinue
        # Listed and dated before the build: what is edited while it runs is built next time.
        $list = Get-List @(Get-Sources)
        $began = [DateTime]::UtcNow
        $saved = @{}
        foreach ($pair in @{ DOTNET_NOLOGO = '1'; DOTNET_CLI_TELEMETRY_OPTOUT = '1'; DOTNET_CLI_UI_LANGUAGE = 'en' }.GetEnumerator()) {
            $saved[$pair.Key] = [Environment]::GetEnvironmentVariable($pair.Key)
            [Environment]::SetEnvironmentVariable($pair.Key, $pair.Value)
        }
        [IO.File]::WriteAllText($log, '')
        $ErrorActionPreference = 'Continue'
        Push-Location $root
        try {
            & $dotnet build src/GGLib -c Release -nologo -v minimal -nodeReuse:false -p:RunAnalyzers=false -p:UseSharedCompilation=false -p:UseRazorBuildServer=false -tl:off 2>&1 | ForEach-Object {
                [IO.File]::AppendAllText($log, "$_`n")
                $progress = Get-Progress "$_"
                if ($progress) { [Console]::Error.WriteLine($progress) }
            }
            $code = $LASTEXITCODE
        }
        finally {
            Pop-Location
            $ErrorActionPreference = 'Stop'
            foreach ($name in $saved.Keys) { [Environment]::SetEnvironmentVariable($name, $saved[$name]) }
        }
        if ($code -ne 0 -or -not (Test-Path $program)) {
            Write-Failure $dotnet
            exit 1
        }
        [IO.File]::WriteAllText($stamp, $list)
        (Get-Item $stamp).LastWriteTimeUtc = $began
        [Console]::Error.WriteLine("Built in $([int] $clock.Elapsed.TotalSeconds) s.")
    }
    finally {
        try { $mutex.ReleaseMutex() } catch [ApplicationException] { }
        $mutex.Dispose()
    }
}

if (-not (Test-Fresh)) { Invoke-Build }

if (-not $env:DOTNET_ROOT) {
    $local = if ($env:LOCALAPPDATA) { Join-Path $env:LOCALAPPDATA 'Microsoft\dotnet' }
    $onPath = Get-Command dotnet -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if (-not $onPath -and $local -and (Test-Path (Join-Path $local 'shared\Microsoft.NETCore.App'))) { $env:DOTNET_ROOT = $local }
}

& $program @args
exit $LASTEXITCODE
