; Inno Setup 6 script for both applications. NOT TRIED YET: it was written without a Windows computer at hand.
; Build the folder first (py installers\build.py student --out dist), then:
;   iscc /DApp=student    /DVersion=0.1.0 installers\windows\examdesk.iss
;   iscc /DApp=instructor /DVersion=0.1.0 installers\windows\examdesk.iss
; Silent installation:   examdesk-student-0.1.0-setup.exe /VERYSILENT /SUPPRESSMSGBOXES /NORESTART /ALLUSERS
; Silent removal:        "C:\Program Files\ExamDesk student\unins000.exe" /VERYSILENT /SUPPRESSMSGBOXES /NORESTART

#ifndef App
  #error Say which application: /DApp=student or /DApp=instructor
#endif
#ifndef Version
  #error Say which version, the one in pyproject.toml: /DVersion=0.1.0
#endif
#define Name "examdesk-" + App
#if App == "student"
  #define Title "ExamDesk"
  #define Id "{{A36E7F0C-6C0F-4C3B-9C52-0B3E0E5D7A11}"
#else
  #define Title "ExamDesk for staff"
  #define Id "{{A36E7F0C-6C0F-4C3B-9C52-0B3E0E5D7A12}"
#endif

[Setup]
AppId={#Id}
AppName={#Title}
AppVersion={#Version}
AppPublisher=ExamDesk
DefaultDirName={autopf}\ExamDesk {#App}
DisableProgramGroupPage=yes
DisableDirPage=auto
PrivilegesRequired=admin
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\LICENSE
SetupIconFile=..\icons\{#Name}.ico
UninstallDisplayIcon={app}\{#Name}.exe
OutputDir=..\..\dist
OutputBaseFilename={#Name}-{#Version}-setup
Compression=lzma2
SolidCompression=yes
CloseApplications=yes

[InstallDelete]
; A newer version brings its own libraries; those of the older one would be loaded instead.
Type: filesandordirs; Name: "{app}\_internal"
Type: filesandordirs; Name: "{app}\python"

[Files]
Source: "..\..\dist\{#Name}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\{#Title}"; Filename: "{app}\{#Name}.exe"

#if App == "instructor"
[Run]
; The hub listens: one program, on the local network only. mDNS (UDP 5353) goes through the same program.
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall add rule name=""ExamDesk hub"" dir=in action=allow program=""{app}\examdesk.exe"" remoteip=localsubnet profile=any"; Flags: runhidden

[UninstallRun]
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall delete rule name=""ExamDesk hub"""; Flags: runhidden; RunOnceId: "ExamDeskHubRule"
#else
[Run]
; Students' PCs only ask and connect; answers to mDNS questions come back from the local network.
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall add rule name=""ExamDesk finds exams"" dir=in action=allow protocol=UDP localport=5353 program=""{app}\examdesk-student.exe"" remoteip=localsubnet profile=any"; Flags: runhidden

[UninstallRun]
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall delete rule name=""ExamDesk finds exams"""; Flags: runhidden; RunOnceId: "ExamDeskFindsRule"
#endif
